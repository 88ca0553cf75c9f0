package io.saddlebag.sandbox;

import io.saddlebag.http.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Keeps bodies of the sandbox's calls up to the size of the largest picture that Zoho takes, and one byte more, which tells of longer ones. */
class SandboxBodies extends OncePerRequestFilter {

    /** 7 MB: Zoho's own bound of a picture. */
    static final int LONGEST = 7 << 20;

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/sandbox/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        request.setAttribute(BufferedRequest.KEPT, LONGEST + 1L);
        chain.doFilter(request, response);
    }
}
