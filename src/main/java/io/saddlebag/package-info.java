/** The entry point, called by Spring Boot's launcher: it starts the copy, the sandbox alone, or the command {@code check}. */
package io.saddlebag;
