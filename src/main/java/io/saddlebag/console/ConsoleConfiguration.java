package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.UrlHandlerFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.thymeleaf.spring6.SpringTemplateEngine;

/** Serves the console's style sheet and scripts and the documentation, and restricts its pages to browsers. */
@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration implements WebMvcConfigurer {

    /** Folders of libraries. Their addresses do not contain the libraries' versions. */
    private static final Map<String, String> LIBRARIES = Map.of(
        "htmx", "htmx.org", "sse", "htmx-ext-sse", "uplot", "uplot");

    private static final String[] PAGES = {"/runs/**", "/records/**", "/webhooks/**", "/dead-letters/**", "/deletes/**", "/push/**", "/calls/**", "/connections/**", "/quality/**",
        "/alerts/**", "/audit/**", "/system/**", "/staff/**"};

    @Autowired
    void links(SpringTemplateEngine pages) {
        pages.setLinkBuilder(new PageLinks());
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        CacheControl asked = CacheControl.maxAge(Duration.ofMinutes(10)).mustRevalidate();
        registry.addResourceHandler("/assets/*").addResourceLocations("classpath:/console/assets/").setCacheControl(asked);
        LIBRARIES.forEach((name, library) -> registry.addResourceHandler("/assets/" + name + "/**")
            .addResourceLocations("classpath:/META-INF/resources/webjars/" + library + "/" + version(library) + "/").setCacheControl(asked));
        registry.addResourceHandler("/docs/**").addResourceLocations("classpath:/docs/").setCacheControl(asked);
    }

    /** Browsers store a file of the type text/markdown instead of showing it. */
    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer types) {
        types.mediaType("md", new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8));
    }

    /** A page is also found with a slash at its end. */
    @Bean
    UrlHandlerFilter slashes() {
        return UrlHandlerFilter.trailingSlashHandler(PAGES).wrapRequest().build();
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new PagesForBrowsers());
        registry.addInterceptor(new PagesOfOrganisations());
        registry.addInterceptor(new PagesWithProblems());
    }

    private static String version(String library) {
        String pom = "/META-INF/maven/org.webjars.npm/" + library + "/pom.properties";
        try (var properties = ConsoleConfiguration.class.getResourceAsStream(pom)) {
            var all = new Properties();
            all.load(properties);
            return all.getProperty("version");
        } catch (IOException e) {
            throw new IllegalStateException(pom, e);
        }
    }

    /** With several organisations, a page about one object, such as a run, belongs to the organisation of that object, even if org in its address is another. */
    private static final class PagesOfOrganisations implements HandlerInterceptor {

        @Override
        public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler, ModelAndView page) {
            if (page != null && page.getModel().get("organisations") instanceof List<?> all && all.size() > 1
                    && page.getModel().get("answer") instanceof ApiAnswer answer && answer.body().get("org") instanceof String org) {
                page.addObject("org", org);
            }
        }
    }

    /** A page that shows a problem in place of its data has the status of the problem. A part of a page keeps 200, because htmx shows no others. */
    private static final class PagesWithProblems implements HandlerInterceptor {

        @Override
        public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler, ModelAndView page) {
            if (page != null && page.getModel().get("answer") instanceof ApiAnswer answer && !answer.isOk() && request.getHeader("HX-Request") == null) {
                response.setStatus(answer.status());
            }
        }
    }

    /** A program that requests neither HTML nor, like htmx, a part of a page gets 404. */
    private static final class PagesForBrowsers implements HandlerInterceptor {

        @Override
        public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) throws IOException {
            boolean page = handler instanceof HandlerMethod method && method.getBeanType().isAnnotationPresent(Page.class);
            if (page && !isHtmlAsked(request) && request.getHeader("HX-Request") == null) {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
                return false;
            }
            return true;
        }

        private static boolean isHtmlAsked(HttpServletRequest request) {
            try {
                List<MediaType> accepted = MediaType.parseMediaTypes(request.getHeader("Accept"));
                return accepted.stream().anyMatch(type -> type.getSubtype().equals("html"));
            } catch (InvalidMediaTypeException e) {
                return false;
            }
        }
    }
}
