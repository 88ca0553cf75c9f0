package io.saddlebag.security;

import javax.management.ObjectName;
import org.jolokia.server.core.restrictor.policy.PolicyRestrictor;
import org.springframework.stereotype.Component;

/**
 * Restricts access over JMX to the attributes and operations that jolokia-access.xml lists. Without this restriction a member of staff could make Camel evaluate an
 * expression, and so read every secret of the process.
 */
@Component
class JolokiaPolicy extends PolicyRestrictor {

    JolokiaPolicy() {
        super(JolokiaPolicy.class.getResourceAsStream("/jolokia-access.xml"));
    }

    /** The list has names only. A request may add a signature: stop, stop(), stop(java.lang.Long). */
    @Override
    public boolean isOperationAllowed(ObjectName bean, String operation) {
        return super.isOperationAllowed(bean, operation.replaceFirst("\\(.*", ""));
    }
}
