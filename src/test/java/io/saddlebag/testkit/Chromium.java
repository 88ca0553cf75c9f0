package io.saddlebag.testkit;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The distribution's Chromium. What a page says to the browser's console is kept: violations of the content security policy and errors of scripts.
 */
public final class Chromium implements AutoCloseable {

    /** Without these Chromium looks for its maker's hosts. */
    private static final List<String> QUIET = List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync");
    private static final Set<String> SERIOUS = Set.of("serious", "critical");

    private final Playwright playwright;
    private final Browser browser;
    private final SaddlebagServer server;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    /** The cookies of an admin; null: none has logged in yet. */
    private String staff;

    public Chromium(SaddlebagServer server) {
        Path program = DebianPackage.program("/usr/bin/chromium", "chromium");
        this.server = server;
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new LaunchOptions().setExecutablePath(program).setArgs(QUIET));
    }

    /** @return the login page of a new browser profile, with a window of this width */
    public Page page(int width, boolean script) {
        return page(width, script, null);
    }

    /** @param cookies of a profile that has logged in, as Playwright keeps them; null: none */
    private Page page(int width, boolean script, String cookies) {
        BrowserContext profile = browser.newContext(new NewContextOptions().setBaseURL("http://localhost:" + server.port()).setStorageState(cookies)
            .setViewportSize(width, 900).setJavaScriptEnabled(script).setTimezoneId("Europe/Berlin").setLocale("en-GB"));
        profile.setDefaultTimeout(60_000);
        Page page = profile.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.text().contains("Content Security Policy")) {
                complaints.add(page.url() + ": " + message.text());
            }
        });
        page.onPageError(error -> complaints.add(page.url() + ": " + error));
        page.navigate("/");
        return page;
    }

    /** @return the first page after a login, in a window of this width */
    public Page loggedIn(int width, boolean script, String user, String password) {
        Page page = page(width, script);
        page.getByLabel("User").fill(user);
        page.getByLabel("Password").fill(password);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in")).click();
        page.waitForSelector("h1");
        return page;
    }

    /** @return the first page of an admin. One login serves for many pages: another takes a second and a half on a slow machine */
    public Page staff() {
        if (staff != null) {
            return page(1280, true, staff);
        }
        Page first = loggedIn(1280, true, "admin", "staff-password");
        staff = first.context().storageState();
        return first;
    }

    /** Closes all pages: each open one follows the events of its server, and renews its parts. */
    public void closePages() {
        List.copyOf(browser.contexts()).forEach(BrowserContext::close);
    }

    /** @return what pages wrote to the browser's console since the last question: violations of their policy, errors of scripts, files that are missing */
    public List<String> complaints() {
        List<String> all = List.copyOf(complaints);
        complaints.clear();
        return all;
    }

    /** @return what keeps people from using a page, as axe finds it: the serious and the critical */
    public static List<String> barriers(Page page) {
        return found(new AxeBuilder(page));
    }

    /** @return the texts of a page that are hard to read, as in the other colour scheme, which changes colours only */
    public static List<String> faintTexts(Page page) {
        return found(new AxeBuilder(page).withRules(List.of("color-contrast", "link-in-text-block")));
    }

    private static List<String> found(AxeBuilder axe) {
        return axe.analyze().getViolations().stream().filter(rule -> SERIOUS.contains(rule.getImpact()))
            .map(rule -> rule.getId() + ": " + rule.getHelp() + " at " + rule.getNodes().stream().map(node -> node.getHtml()).limit(3).toList()).toList();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
