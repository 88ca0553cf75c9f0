/**
 * Files that declare something without a class: they are read, validated against a JSON schema and refused with line, reason and remedy.
 * Uses no other package of the application.
 */
package io.saddlebag.declarations;
