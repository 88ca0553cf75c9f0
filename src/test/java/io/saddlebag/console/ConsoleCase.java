package io.saddlebag.console;

import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Pages of the console as a browser without JavaScript gets them, for an admin who is logged in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConsoleCase {

    final SandboxServer zoho = SandboxServer.shared();
    final SaddlebagServer saddlebag = server();
    Browser browser;

    SaddlebagServer server() {
        return SaddlebagServer.plain().asStarted();
    }

    @BeforeAll
    void login() {
        browser = new Browser(saddlebag);
    }
}
