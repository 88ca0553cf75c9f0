package io.saddlebag.operations;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The one place where an error without a body gets one: application/problem+json (RFC 9457) with a detail that a person can
 * act on. An exception's message stays inside: it may hold what the caller must not see.
 */
@RestController
@Profile("!sandbox")
class ProblemAnswers implements ErrorController {

    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> answer(HttpServletRequest request, HttpServletResponse response) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        HttpStatus status = HttpStatus.valueOf(code instanceof Integer number ? number : HttpStatus.NOT_FOUND.value());
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail(status, request, response));
        problem.setInstance(URI.create(path(request)));
        return ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
    }

    private static String detail(HttpStatus status, HttpServletRequest request, HttpServletResponse response) {
        return switch (status) {
            case NOT_FOUND -> "There is nothing at this address; the README lists the addresses";
            case METHOD_NOT_ALLOWED -> request.getMethod() + " is not answered at this address, only "
                + response.getHeader(HttpHeaders.ALLOW);
            case SERVICE_UNAVAILABLE -> "The route behind this address is suspended or not yet started; try again later";
            default -> status.is5xxServerError() ? "Saddlebag failed on this call; its log says why" : told(status, request);
        };
    }

    private static String told(HttpStatus status, HttpServletRequest request) {
        Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
        return message == null || message.toString().isBlank() ? status.getReasonPhrase() : message.toString();
    }

    private static String path(HttpServletRequest request) {
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return path == null ? request.getRequestURI() : path.toString();
    }
}
