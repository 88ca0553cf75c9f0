package io.saddlebag.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsentScopesTest {

    private final ConsentScopes scopes = new ConsentScopes();

    @Test
    void eachScopeIsAskedForOnceAndThoseOfTheOrganisationsToo() {
        assertThat(scopes.needed(List.of("ZohoInventory.items.READ", "ZohoBooks.bills.READ, ZohoInventory.items.READ")))
            .containsExactly("ZohoBooks.bills.READ", "ZohoInventory.items.READ", "ZohoInventory.settings.READ");
        assertThat(scopes.needed(null)).containsExactly("ZohoInventory.settings.READ");
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
