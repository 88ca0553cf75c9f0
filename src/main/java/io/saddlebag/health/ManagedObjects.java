package io.saddlebag.health;

import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.mbean.ManagedCamelContextMBean;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
import org.apache.camel.api.management.mbean.ManagedThreadPoolMBean;
import org.apache.camel.api.management.mbean.ManagedThrottlerMBean;
import org.apache.camel.management.DefaultManagementObjectNameStrategy;
import org.apache.camel.management.mbean.ManagedProcessor;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * Limits Camel's MBeans to the context, routes, thread pools and the steps that operators change at run time: throttles and
 * circuit breakers. With all MBeans, one listing of 21 MB took half a minute and most of the heap, and two ended the process.
 */
@Component
@ConditionalOnProperty(name = "camel.main.jmx-enabled", matchIfMissing = true)
class ManagedObjects implements CamelContextConfiguration {

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        camel.getManagementStrategy().setManagementObjectNameStrategy(new Names(camel));
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        // all MBeans are named by then
    }

    private static final class Names extends DefaultManagementObjectNameStrategy {

        Names(CamelContext camel) {
            setCamelContext(camel);
        }

        /** @return null for an object without an MBean */
        @Override
        public ObjectName getObjectName(Object managed) throws MalformedObjectNameException {
            boolean breaker = managed instanceof ManagedProcessor step && step.getDefinition() instanceof CircuitBreakerDefinition;
            return breaker || managed instanceof ManagedCamelContextMBean || managed instanceof ManagedRouteMBean
                || managed instanceof ManagedThrottlerMBean || managed instanceof ManagedThreadPoolMBean ? super.getObjectName(managed) : null;
        }
    }
}
