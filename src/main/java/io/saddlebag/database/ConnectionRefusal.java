package io.saddlebag.database;

import java.sql.SQLException;

/** Why no connection is made, by the SQLSTATE and the words of whoever refused it, and what to do. */
enum ConnectionRefusal {

    LOGIN(true, "Correct user and password in it"),
    HOST(true, "Let this host and user in by pg_hba.conf of the server; where it says \"no encryption\", add sslmode=require to the address"),
    DATABASE(true, "Correct the name, or make it: CREATE DATABASE name OWNER user ENCODING 'UTF8' TEMPLATE template0"),
    RIGHT(true, "Give the user the right: GRANT CONNECT ON DATABASE name TO user"),
    NO_TLS(true, "Switch TLS on in the server; or, where the network is trusted, set sslmode=disable"),
    TLS(true, "Correct sslmode and sslrootcert, or the server's certificate"),
    PARAMETER(true, "Take that parameter out of the address; or have the pooler pass it, for PgBouncer in ignore_startup_parameters"),
    POOLER(true, "A connection pooler in transaction mode (PgBouncer or the like) is there, in which prepared statements get lost: add prepareThreshold=0 "
        + "to the parameters of the address, or have it lead to PostgreSQL itself or to a pool in session mode"),
    FULL(false, "Raise max_connections of the server, or lower spring.datasource.hikari.maximum-pool-size of each process"),
    READ_ONLY(false, "It is a standby, or default_transaction_read_only is on: have the address lead to the primary (of several hosts by "
        + "targetServerType=primary), or set it off"),
    AWAY(false, "Start it, or correct address, user, password or TLS parameters");

    private final boolean forGood;
    private final String hint;

    ConnectionRefusal(boolean forGood, String hint) {
        this.forGood = forGood;
        this.hint = hint;
    }

    /** @return whether no wait helps */
    boolean isForGood() {
        return forGood;
    }

    String hint() {
        return hint;
    }

    static ConnectionRefusal of(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                ConnectionRefusal found = of(sql.getSQLState(), String.valueOf(sql.getMessage()));
                if (found != AWAY) {
                    return found;
                }
            }
        }
        return AWAY;
    }

    private static ConnectionRefusal of(String state, String message) {
        return switch (state) {
            case "28P01" -> LOGIN;
            case "28000" -> message.contains("pg_hba.conf") ? HOST : LOGIN;
            case "3D000" -> DATABASE;
            case "42501" -> RIGHT;
            case "26000", "42P05" -> POOLER; // no such prepared statement, or another's
            case "53300" -> FULL;
            case PostgresqlErrors.READ_ONLY -> READ_ONLY;
            default -> message.contains("does not support SSL") ? NO_TLS
                : message.contains("SSL error") || message.contains("certificate") || message.contains("SSL root") ? TLS
                : message.contains("startup parameter") ? PARAMETER
                : message.contains("no such database") ? DATABASE : AWAY; // PgBouncer's words, under the state of any broken protocol
        };
    }
}
