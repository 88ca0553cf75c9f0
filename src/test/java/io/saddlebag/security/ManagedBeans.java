package io.saddlebag.security;

import com.sun.tools.attach.VirtualMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** All that the MBeans of another process show: attributes, and operations that only show something. */
final class ManagedBeans implements AutoCloseable {

    private static final Pattern SHOWS = Pattern.compile("(dump|browse|list|statistics|show|get|is|print).*", Pattern.CASE_INSENSITIVE);
    private static final Pattern COSTLY = Pattern.compile("dumpHeap|dumpThreads|dumpAllThreads");

    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    ManagedBeans(long pid) throws Exception {
        VirtualMachine process = VirtualMachine.attach(String.valueOf(pid));
        try {
            connector = JMXConnectorFactory.connect(new JMXServiceURL(process.startLocalManagementAgent()));
        } finally {
            process.detach();
        }
        beans = connector.getMBeanServerConnection();
    }

    /** @return what is shown, or the message of the refusal, by bean and attribute or operation */
    Map<String, String> everything() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (ObjectName bean : beans.queryNames(null, null)) {
            MBeanInfo info = beans.getMBeanInfo(bean);
            Map<String, Object> attributes = attributes(bean, info);
            for (MBeanAttributeInfo attribute : info.getAttributes()) {
                if (attribute.isReadable()) {
                    String name = attribute.getName();
                    shown.put(bean + " " + name, asked(() ->
                        attributes.containsKey(name) ? attributes.get(name) : beans.getAttribute(bean, name)));
                }
            }
            for (MBeanOperationInfo operation : info.getOperations()) {
                if (SHOWS.matcher(operation.getName()).matches() && !COSTLY.matcher(operation.getName()).matches()) {
                    String[] types = Arrays.stream(operation.getSignature()).map(MBeanParameterInfo::getType).toArray(String[]::new);
                    Object[] values = Arrays.stream(types).map(ManagedBeans::value).toArray();
                    shown.put(bean + " " + operation.getName() + List.of(types),
                        asked(() -> beans.invoke(bean, operation.getName(), values, types)));
                }
            }
        }
        return shown;
    }

    /** Those that can be had in one go, which is far quicker. */
    private Map<String, Object> attributes(ObjectName bean, MBeanInfo info) {
        String[] names = Arrays.stream(info.getAttributes()).filter(MBeanAttributeInfo::isReadable).map(MBeanAttributeInfo::getName)
            .toArray(String[]::new);
        Map<String, Object> attributes = new HashMap<>();
        try {
            beans.getAttributes(bean, names).asList().forEach(one -> attributes.put(one.getName(), one.getValue()));
        } catch (Exception | LinkageError e) {
            return Map.of(); // one that cannot be sent hides the others: each is asked for by itself
        }
        return attributes;
    }

    /** The addresses that the application answers, as its routes have them. */
    List<String> addresses() throws Exception {
        List<String> paths = new ArrayList<>();
        for (ObjectName route : beans.queryNames(new ObjectName("org.apache.camel:type=routes,*"), null)) {
            String uri = (String) beans.getAttribute(route, "EndpointUri");
            if (uri.startsWith("platform-http:")) {
                paths.add(uri.replaceFirst("platform-http:/+", "/").replaceFirst("\\?.*", ""));
            }
        }
        return paths;
    }

    /** An argument that asks for as much as there is. */
    static Object value(String type) {
        return switch (type) {
            case "boolean", "java.lang.Boolean" -> true;
            case "int", "java.lang.Integer" -> 0;
            case "long", "java.lang.Long" -> 0L;
            case "java.lang.String" -> "*";
            default -> null;
        };
    }

    private interface Question {
        Object ask() throws Exception;
    }

    private static String asked(Question question) {
        try {
            return Arrays.deepToString(new Object[] {question.ask()});
        } catch (Exception | LinkageError e) {
            StringBuilder said = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                said.append(cause).append('\n');
            }
            return said.toString();
        }
    }

    @Override
    public void close() throws Exception {
        connector.close();
    }
}
