package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Lays a YAML tree out as a flat list in the order of the file, each entry with its line. */
class YamlEntries {

    private final List<YamlEntry> entries = new ArrayList<>();

    static List<YamlEntry> of(Node root) {
        YamlEntries all = new YamlEntries();
        all.add(List.of(), root, root);
        return List.copyOf(all.entries);
    }

    private void add(List<String> path, Node start, Node node) {
        if (!path.isEmpty()) {
            boolean scalar = node instanceof ScalarNode && !Tag.NULL.equals(node.getTag());
            String value = scalar ? ((ScalarNode) node).getValue() : null;
            entries.add(new YamlEntry(path, value, line(start), scalar && isMultiline((ScalarNode) node)));
        }
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                Node key = tuple.getKeyNode();
                String name = key instanceof ScalarNode scalar ? scalar.getValue() : key.toString();
                add(append(path, name), key, tuple.getValueNode());
            }
        } else if (node instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
                Node item = sequence.getValue().get(i);
                add(append(path, String.valueOf(i)), item, item);
            }
        }
    }

    private static boolean isMultiline(ScalarNode node) {
        if (node.getScalarStyle() == ScalarStyle.FOLDED || node.getScalarStyle() == ScalarStyle.LITERAL) {
            // A block that holds one line is one line; a folded one has lost its line ends and shows them only by its marks.
            return node.getValue().strip().contains("\n") || endLine(node) - line(node) > 2;
        }
        return endLine(node) > line(node);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static int endLine(Node node) {
        return node.getEndMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static List<String> append(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return List.copyOf(longer);
    }
}
