package io.saddlebag.livereload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.BeanRepository;

/**
 * The running application's beans, without what belongs to its Camel context: a component that is a bean would be bound to the
 * context of the trial, and the running routes would lose it.
 */
class TrialBeans implements BeanRepository {

    private final BeanRepository running;

    TrialBeans(BeanRepository running) {
        this.running = running;
    }

    @Override
    public Object lookupByName(String name) {
        return hide(running.lookupByName(name));
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        return hide(running.lookupByNameAndType(name, type));
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        Map<String, T> found = new LinkedHashMap<>(running.findByTypeWithName(type));
        found.values().removeIf(TrialBeans::belongsToItsContext);
        return found;
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return running.findByType(type).stream().filter(bean -> !belongsToItsContext(bean)).collect(Collectors.toSet());
    }

    private static <T> T hide(T bean) {
        return belongsToItsContext(bean) ? null : bean;
    }

    private static boolean belongsToItsContext(Object bean) {
        return bean instanceof Component || bean instanceof CamelContext;
    }
}
