package io.saddlebag.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.push.Targets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsentScopesTest {

    private static final Targets TARGETS = new Targets(Path.of("routes/push"), Map.of(), name -> false);

    private final ConsentScopes scopes = new ConsentScopes(new Kinds(Path.of("routes/kinds")), TARGETS);

    @Test
    void eachScopeIsAskedForOnceAndThoseOfTheOrganisationsToo() {
        assertThat(scopes.needed()).contains("ZohoBooks.bills.READ", "ZohoInventory.items.READ", "ZohoInventory.settings.READ")
            .isSorted().doesNotHaveDuplicates();
        assertThat(new ConsentScopes(new Kinds(Path.of("routes/none")), TARGETS).needed()).containsExactly("ZohoInventory.settings.READ");
    }

    @Test
    void theScopesOfPushTargetsAreAddedWhereTheyAreNamed() {
        List<String> pull = scopes.needed();
        assertThat(scopes.withTargets(pull, null)).isEqualTo(pull);
        assertThat(scopes.withTargets(pull, "none-of-that-name")).isEqualTo(pull);
        assertThat(scopes.withTargets(pull, "none-of-that-name,crm-products")).containsAll(pull).contains("ZohoCRM.modules.products.ALL", "ZohoCRM.settings.fields.READ")
            .isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ZohoCRM.modules.products.ALL | ZohoCRM.modules.products.ALL                                                      | true
        ZohoCRM.modules.products.ALL | ZohoCRM.modules.ALL                                                               | true
        ZohoCRM.modules.products.ALL | ZohoCRM.modules.products.READ ZohoCRM.modules.products.CREATE ZohoCRM.modules.products.UPDATE | true
        ZohoCRM.modules.products.ALL | ZohoCRM.modules.products.READ ZohoCRM.modules.products.CREATE                     | false
        ZohoCRM.modules.products.ALL | ZohoCRM.modules.vendors.ALL ZohoCRM.settings.ALL                                  | false
        ZohoCRM.settings.fields.READ | ZohoCRM.settings.READ                                                             | true
        ZohoCRM.settings.fields.READ | ZohoCRM.settings.modules.READ                                                     | false
        ZohoCRM.coql.READ            | ZohoCRM.modules.ALL                                                               | false
        ZohoSubscriptions.plans.ALL  | ZohoSubscriptions.fullaccess.all                                                  | true
        """)
    void areasOfCrmHavePartsAndAllOperationsMayBeNamedOneByOne(String needed, String agreed, boolean held) {
        assertThat(scopes.missing(List.of(needed), agreed).isEmpty()).isEqualTo(held);
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
