package io.saddlebag.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The code blocks of a page of docs/tutorial in their order, or the same with other words in place of some of them. */
public record Tutorial(List<String> blocks) {

    private static final Pattern BLOCK = Pattern.compile("(?s)```\\w+\n(.*?)```");
    /** The first line of a block that is a file is its path, as a comment. */
    private static final Pattern FILE = Pattern.compile("^(?:#|--) (\\S+/\\S+)\n");
    private static final Pattern CALL = Pattern.compile("-X (?:POST|PATCH) '?http://localhost:8080([^\\s']+)");

    /** @param page the name of its file, without .md */
    public static Tutorial read(String page) throws IOException {
        return new Tutorial(BLOCK.matcher(Files.readString(Path.of("docs/tutorial/" + page + ".md"))).results().map(block -> block.group(1)).toList());
    }

    /** The same about purchase orders. */
    public Tutorial ofPurchaseOrders() {
        return new Tutorial(blocks.stream().map(block -> block.replace("sales-orders", "purchase-orders")
                .replace("sales_orders", "purchase_orders").replace("Sales orders", "Purchase orders")
                .replace("salesorder", "purchaseorder").replace("customer_id", "vendor_id")).toList());
    }

    /** Saves each block that is a file. */
    public void save(Path folder) throws IOException {
        for (String block : blocks) {
            for (MatchResult file : FILE.matcher(block).results().toList()) {
                Files.createDirectories(folder.resolve(file.group(1)).getParent());
                Files.writeString(folder.resolve(file.group(1)), block);
            }
        }
    }

    /** The addresses that are called by POST or PATCH. */
    public List<String> calls() {
        return blocks.stream().flatMap(block -> CALL.matcher(block).results()).map(call -> call.group(1)).toList();
    }

    /** The queries, without those in files. */
    public List<String> queries() {
        return blocks.stream().filter(block -> block.startsWith("SELECT")).map(block -> block.replace(";", "")).toList();
    }
}
