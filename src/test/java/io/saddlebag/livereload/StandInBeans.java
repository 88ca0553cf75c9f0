package io.saddlebag.livereload;

import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.spi.BeanRepository;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.AnnotationBeanNameGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ClassUtils;

/**
 * The beans of this project by name and type, each as a mock: enough for Camel to check which bean and which method a route calls,
 * without a database.
 */
class StandInBeans implements BeanRepository {

    private final Map<String, Class<?>> types = new LinkedHashMap<>();
    private final Map<String, Object> mocks = new HashMap<>();

    StandInBeans() {
        types.put("dataSource", DataSource.class);
        types.put("transactionManager", PlatformTransactionManager.class);
        types.put("platform-http-engine", PlatformHttpEngine.class);
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return true; // whatever its profile and conditions
            }
        };
        scanner.setEnvironment(new MockEnvironment().withProperty("saddlebag.sandbox.enabled", "true"));
        scanner.addIncludeFilter(new AnnotationTypeFilter(Component.class));
        scanner.findCandidateComponents("io.saddlebag").forEach(definition -> {
            Class<?> type = ClassUtils.resolveClassName(definition.getBeanClassName(), null);
            types.put(AnnotationBeanNameGenerator.INSTANCE
                .generateBeanName(definition, new SimpleBeanDefinitionRegistry()), type);
            Arrays.stream(type.getDeclaredMethods()).filter(method -> method.isAnnotationPresent(Bean.class))
                .forEach(method -> types.put(beanName(method), method.getReturnType()));
        });
    }

    private static String beanName(Method method) {
        String[] names = method.getAnnotation(Bean.class).value();
        return names.length == 0 ? method.getName() : names[0];
    }

    @Override
    public Object lookupByName(String name) {
        return types.containsKey(name) ? mocks.computeIfAbsent(name, any -> mock(types.get(name), RETURNS_DEEP_STUBS)) : null;
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        return types.containsKey(name) && type.isAssignableFrom(types.get(name)) ? type.cast(lookupByName(name)) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        Map<String, T> found = new LinkedHashMap<>();
        types.keySet().forEach(name -> {
            T bean = lookupByNameAndType(name, type);
            if (bean != null && type != Object.class) {
                found.put(name, bean);
            }
        });
        return found;
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return Set.copyOf(findByTypeWithName(type).values());
    }
}
