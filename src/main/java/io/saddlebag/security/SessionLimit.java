package io.saddlebag.security;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The browsers that are logged in. One more than there may be logs out the one that logged in first. */
@Component
class SessionLimit implements HttpSessionListener {

    private static final int MOST = 100;

    private final Set<HttpSession> all = new LinkedHashSet<>();

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        HttpSession first = null;
        synchronized (all) {
            all.add(event.getSession());
            if (all.size() > MOST) {
                Iterator<HttpSession> oldest = all.iterator();
                first = oldest.next();
                oldest.remove();
            }
        }
        if (first != null) {
            end(first);
        }
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        synchronized (all) {
            all.remove(event.getSession());
        }
    }

    private static void end(HttpSession session) {
        try {
            session.invalidate();
        } catch (IllegalStateException over) {
            // it ended by itself
        }
    }
}
