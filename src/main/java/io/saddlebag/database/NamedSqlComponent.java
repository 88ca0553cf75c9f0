package io.saddlebag.database;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.sql.SqlComponent;
import org.apache.camel.component.sql.SqlEndpoint;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.stereotype.Component;

/** Camel's SQL component, whose endpoints populate their statements with {@link NamedParameters}. */
@Component("sql-component") // the name under which Camel's starter would make it
class NamedSqlComponent extends SqlComponent {

    private static final int KNOWN = 1; // any number above 0 keeps camel-sql from asking; NamedParameters counts for itself

    private final SQLExceptionTranslator errors;

    NamedSqlComponent(SQLExceptionTranslator errors) {
        this.errors = errors;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        SqlEndpoint endpoint = (SqlEndpoint) super.createEndpoint(uri, remaining, parameters);
        endpoint.setPrepareStatementStrategy(new NamedParameters());
        endpoint.setParametersCount(KNOWN);
        endpoint.getJdbcTemplate().setExceptionTranslator(errors);
        return endpoint;
    }
}
