/**
 * The connection to PostgreSQL: an external server or the embedded one, its migrations, transactions, statement parameters, and
 * what the application does while the database is away. May use {@code common}.
 */
package io.saddlebag.database;
