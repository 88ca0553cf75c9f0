-- Run by the image of PostgreSQL once, as its superuser, when its volume is empty: the application's own user and database.
\getenv password SADDLEBAG_DATABASE_PASSWORD
CREATE ROLE saddlebag LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE ROLE saddlebag_reader NOLOGIN;
CREATE ROLE saddlebag_writer NOLOGIN;
CREATE DATABASE saddlebag OWNER saddlebag;
REVOKE CONNECT ON DATABASE saddlebag FROM PUBLIC;
GRANT CONNECT ON DATABASE saddlebag TO saddlebag_reader, saddlebag_writer;
