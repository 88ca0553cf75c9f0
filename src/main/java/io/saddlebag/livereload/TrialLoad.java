package io.saddlebag.livereload;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Loads route files into a temporary Camel context, so that an error shows before a running route stops. The context sees the beans and
 * settings of the running application. It is initialised but never started: it creates every endpoint, expression and bean call, and opens
 * nothing. It is not closed either, because that would shut down beans that it shares with the running routes.
 */
class TrialLoad {

    private final CamelContext running;

    TrialLoad(CamelContext running) {
        this.running = running;
    }

    /**
     * @param file     the file in question
     * @param together the files to load with it: the global error handler, or all routes when the file is that handler
     * @return Camel's message, at the most likely line of {@code file}; empty if all files load
     */
    Optional<Finding> load(RouteFile file, Collection<RouteFile> together) {
        try {
            DefaultCamelContext stage = new DefaultCamelContext(new TrialBeans(running.getRegistry()));
            stage.disableJMX();
            stage.setApplicationContextClassLoader(running.getApplicationContextClassLoader());
            stage.getPropertiesComponent().addPropertiesSource(new RunningSettings(running));
            for (RouteFile other : together) {
                load(stage, other);
            }
            load(stage, file);
            stage.init();
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(LoadFailure.of(file, e));
        }
    }

    private static void load(CamelContext stage, RouteFile file) throws Exception {
        PluginHelper.getRoutesLoader(stage).loadRoutes(List.of(resource(file)));
    }

    /** The checked text under the file's name, so that logs and JMX tell where a route is written. */
    static Resource resource(RouteFile file) {
        return ResourceHelper.fromString("file:" + file.path(), file.text());
    }

    /** Resolves properties as the running application does, with environment variables and profiles. */
    private record RunningSettings(CamelContext running) implements PropertiesSource {

        @Override
        public String getName() {
            return "running application";
        }

        @Override
        public String getProperty(String name) {
            return running.getPropertiesComponent().resolveProperty(name).orElse(null);
        }
    }
}
