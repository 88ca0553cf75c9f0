package io.saddlebag.security;

import javax.management.ObjectName;
import org.jolokia.server.core.restrictor.policy.PolicyRestrictor;
import org.springframework.stereotype.Component;

/**
 * What the console may read, write and call over JMX: what jolokia-access.xml lists and nothing else. Without it anyone on
 * staff could have Camel evaluate an expression, and so read every secret of the process.
 */
@Component
class JolokiaPolicy extends PolicyRestrictor {

    JolokiaPolicy() {
        super(JolokiaPolicy.class.getResourceAsStream("/jolokia-access.xml"));
    }

    /** The list has bare names, a request may come with a signature: stop, stop(), stop(java.lang.Long). */
    @Override
    public boolean isOperationAllowed(ObjectName bean, String operation) {
        return super.isOperationAllowed(bean, operation.replaceFirst("\\(.*", ""));
    }
}
