package io.saddlebag.check;

import io.saddlebag.common.FailureReason;
import io.saddlebag.database.FolderInUseException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@code java -jar saddlebag.jar check [--org=...]}: the same check as in the API, without a server, timers or runs. The
 * profile {@code check} (application-check.yaml) switches the rest off.
 */
public final class CheckCommand {

    private static final String ORG = "--org=";

    private CheckCommand() {
    }

    /** @param args of the command line */
    public static boolean isMeant(String... args) {
        return args.length > 0 && args[0].equals("check");
    }

    /**
     * Prints the report.
     *
     * @param args {@code check}, then {@code --org=} and settings
     * @return the exit code: 0 when every step succeeded, 1 otherwise
     */
    public static int run(Class<?> application, String... args) {
        String org = Arrays.stream(args).filter(arg -> arg.startsWith(ORG)).map(arg -> arg.substring(ORG.length()))
            .findFirst().orElse("");
        String[] settings = Stream.concat(Arrays.stream(args).skip(1).filter(arg -> !arg.startsWith(ORG)),
            Stream.of("--saddlebag.dev=false")).toArray(String[]::new);
        try (ConfigurableApplicationContext spring = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
                .profiles("check").run(settings)) {
            return check(spring.getBean(ProducerTemplate.class), spring.getBean(FailureReason.class), org);
        } catch (RuntimeException e) { // the fault of the settings is already printed
            if (FailureReason.find(FolderInUseException.class, e) != null) {
                System.out.println("Run the check in that process: curl -u admin -X POST http://localhost:8080/api/zoho/check?org=" + org);
            }
            return 1;
        }
    }

    private static int check(ProducerTemplate camel, FailureReason reason, String org) {
        Exchange done = camel.request("direct:check-command", exchange -> exchange.getMessage().setHeader("org", org));
        if (done.getException() != null) {
            System.out.println(reason.of(done.getException()));
            return 1;
        }
        CheckReport report = done.getVariable("report", CheckReport.class);
        System.out.print(report.lines());
        return report.isOk() ? 0 : 1;
    }
}
