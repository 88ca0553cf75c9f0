package io.saddlebag.livereload;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.push.Targets;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.main.RoutesCollector;
import org.apache.camel.spring.boot.CamelConfigurationProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Live editing of routes and statements, for an installation where {@code SADDLEBAG_DEV=true}; not there otherwise. */
@Configuration
@ConditionalOnProperty("saddlebag.dev")
class LiveEditingConfiguration {

    @Bean
    LiveEditingReport liveEditingReport() {
        return new LiveEditingReport();
    }

    @Bean
    RouteFolder routeFolder(CamelContext camel, RoutesCollector collector, CamelConfigurationProperties settings) {
        return new RouteFolder(camel, collector, settings.getMain().getRoutesIncludePattern(), settings.getMain().getRoutesExcludePattern());
    }

    @Bean
    LiveEditing liveEditing(RouteFolder folder, CamelContext camel, Kinds kinds, Targets targets, DataSource dataSource, LiveEditingReport report) {
        SqlFileCheck sql = new SqlFileCheck(dataSource);
        LoadedRoutes routes = new LoadedRoutes(new TrialLoad(camel), sql);
        RouteSwap swap = new RouteSwap(routes, new RunningRoutes(camel), report);
        return new LiveEditing(folder, routes, new KindEditing(kinds, targets, routes, sql, report), new TargetEditing(targets, sql, report), swap, sql,
            report);
    }

    @Bean
    LiveEditingWatch liveEditingWatch(RouteFolder folder, LiveEditing editing) {
        return new LiveEditingWatch(folder.roots(), editing);
    }
}
