package io.saddlebag.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.kinds.Kinds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsentScopesTest {

    private final ConsentScopes scopes = new ConsentScopes(new Kinds(Path.of("routes/kinds")));

    @Test
    void eachScopeIsAskedForOnceAndThoseOfTheOrganisationsToo() {
        assertThat(scopes.needed()).contains("ZohoBooks.bills.READ", "ZohoInventory.items.READ", "ZohoInventory.settings.READ")
            .isSorted().doesNotHaveDuplicates();
        assertThat(new ConsentScopes(new Kinds(Path.of("routes/none"))).needed()).containsExactly("ZohoInventory.settings.READ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
        ZohoInventory.items.READ ZohoInventory.settings.READ | ''
        zohoinventory.items.read,ZohoInventory.settings.ALL  | ''
        ZohoInventory.FullAccess.all                         | ''
        null                                                 | ''
        ZohoInventory.items.READ                             | ZohoInventory.settings.READ
        ZohoInventory.items.UPDATE ZohoBooks.fullaccess.all  | ZohoInventory.items.READ,ZohoInventory.settings.READ
        """)
    void whatAWiderScopeCoversIsNotMissing(String agreed, String missing) {
        assertThat(scopes.missing(List.of("ZohoInventory.items.READ", "ZohoInventory.settings.READ"), agreed))
            .isEqualTo(Arrays.stream(missing.split(",")).filter(scope -> !scope.isEmpty()).toList());
    }
}
