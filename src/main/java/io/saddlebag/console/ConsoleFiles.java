package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Serves lists of the API as files: {@code /export/api/...?format=csv} or {@code ndjson}, of an answer with several lists the one of {@code list}. A file has the whole list, but only one page is in memory at a time. */
@Controller
class ConsoleFiles {

    private static final String HERE = "/export";

    private final ApiCalls api;

    ConsoleFiles(ApiCalls api) {
        this.api = api;
    }

    @GetMapping(HERE + "/api/**")
    void export(HttpServletRequest browser, HttpServletResponse sent, @RequestParam String format, @RequestParam(required = false) String list) throws IOException {
        if (!format.equals("csv") && !format.equals("ndjson")) {
            sent.sendError(HttpServletResponse.SC_BAD_REQUEST, "format must be csv or ndjson");
            return;
        }
        String type = format.equals("csv") ? "text/csv" : "application/x-ndjson";
        String query = browser.getQueryString().replaceAll("(^|&)format=[^&]*", "").replaceFirst("^&", "");
        String address = browser.getRequestURI().substring(HERE.length());
        ApiAnswer page = api.export(browser, address + "?" + query, type);
        String name = (list == null ? address : address + "-" + list).replaceFirst("^/api/", "").replaceAll("[^a-z0-9-]+", "-");
        String ending = !page.type().startsWith(type) ? ".json" : format.equals("csv") ? ".csv" : ".ndjson";
        sent.setStatus(page.status());
        sent.setContentType(page.type());
        sent.setCharacterEncoding("UTF-8");
        sent.setHeader("Content-Disposition", "attachment; filename=\"" + name + ending + "\"");
        Writer file = sent.getWriter();
        file.write(page.text());
        while (page.next() != null) {
            page = api.export(browser, page.next(), type);
            if (!page.isOk()) { // the file has begun, so an aborted transfer tells the browser that the file is not complete
                throw new IOException("The rest of " + address + " could not be read: " + page.detail());
            }
            file.write(format.equals("csv") ? page.text().substring(page.text().indexOf('\n') + 1) : page.text());
        }
    }
}
