package io.saddlebag.declarations;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What the files of one folder declare. The files are read at the start; live editing reads them again. */
public interface Declarations<T> {

    /** @return what is in force, in the order of the names */
    List<T> all();

    /** @return the declarations in the folder, in alphabetical order */
    Set<Path> files();

    /** @return the file that declares, or declared, what is in force */
    Path file(T declared);

    /**
     * Reads one declaration again; what is in force stays until {@link #put}.
     *
     * @throws DeclarationFault when it is wrong
     */
    T read(Path file) throws DeclarationFault;

    /** Puts a declaration in force, in the place of the one of its name; whoever has that one goes on with it. */
    void put(T declared);

    void remove(String name);
}
