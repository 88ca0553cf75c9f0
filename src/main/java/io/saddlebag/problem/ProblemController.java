package io.saddlebag.problem;

import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.ModelAndView;

/**
 * Gives every error without a body an application/problem+json body (RFC 9457) with a detail that a person can act on.
 * Messages of exceptions are not sent, because they may hold data that the caller must not see.
 */
@RestController
public class ProblemController implements ErrorController {

    /** Retry-After of a 503, in seconds; a start takes a few. */
    static final String AGAIN = "5";

    private final ApplicationAvailability application;

    ProblemController(ApplicationAvailability application) {
        this.application = application;
    }

    /** The same for a browser: a page of the console. */
    @RequestMapping(path = "/error", headers = "Accept=text/html")
    ModelAndView page(HttpServletRequest request, HttpServletResponse response) {
        ProblemDetail problem = answer(request, response).getBody();
        return new ModelAndView("error", Map.of("title", problem.getTitle(), "detail", problem.getDetail()),
            HttpStatus.valueOf(problem.getStatus()));
    }

    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> answer(HttpServletRequest request, HttpServletResponse response) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        HttpStatus reported = whoseFault(reported(status == null ? HttpStatus.NOT_FOUND : HttpStatus.valueOf((Integer) status)), request);
        ProblemDetail problem = problem(reported, message == null ? "" : message.toString(), request, response);
        problem.setInstance(instance(path == null ? request.getRequestURI() : path.toString()));
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(reported).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (reported == HttpStatus.SERVICE_UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, AGAIN);
        }
        return answer.body(problem);
    }

    /** @return null for a path that is not a URI, such as {@code //} */
    private static URI instance(String path) {
        try {
            return new URI(path);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** The server answers before the routes have started; a sender of webhooks must not see 404 then and take the address for wrong. */
    private HttpStatus reported(HttpStatus status) {
        return status == HttpStatus.NOT_FOUND && application.getReadinessState() != ReadinessState.ACCEPTING_TRAFFIC
            ? HttpStatus.SERVICE_UNAVAILABLE : status;
    }

    /** @return 408 in place of 503 if the rest of the request was late, not the answer */
    static HttpStatus whoseFault(HttpStatus status, HttpServletRequest request) {
        return status == HttpStatus.SERVICE_UNAVAILABLE && request.getAttribute(BufferedRequest.BODY_INCOMPLETE) != null ? HttpStatus.REQUEST_TIMEOUT : status;
    }

    /** @param message of the component that refused the request; sent only for 4xx */
    static ProblemDetail problem(HttpStatus status, String message, HttpServletRequest request,
            HttpServletResponse response) {
        String detail = switch (status) {
            case NOT_FOUND -> "There is nothing at this address; docs/reference/api.md lists the addresses";
            case METHOD_NOT_ALLOWED -> request.getMethod() + " is not allowed at this address, only "
                + response.getHeader(HttpHeaders.ALLOW);
            case REQUEST_TIMEOUT -> "The rest of the request body did not arrive in time; send the request again";
            case SERVICE_UNAVAILABLE -> "The route behind this address is suspended or not yet started, or did not answer in time; try again later";
            default -> status.is5xxServerError() ? "Saddlebag failed on this request; its log has the cause"
                : message.isBlank() ? status.getReasonPhrase() : message;
        };
        return ProblemDetail.forStatusAndDetail(status, detail);
    }
}
