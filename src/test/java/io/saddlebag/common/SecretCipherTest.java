package io.saddlebag.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SecretCipherTest {

    private static final String PLACE = "connections/7/refresh_token";

    private final MasterKey old = key(1);
    private final MasterKey today = key(2);
    private final SecretCipher cipher = new SecretCipher(today, null);

    @Test
    void whatWasEncryptedForAPlaceIsReadThere() {
        byte[] stored = cipher.encrypt("1000.secret", PLACE);

        assertThat(cipher.decrypt(stored, PLACE)).isEqualTo("1000.secret");
        assertThat(new String(stored)).doesNotContain("1000.secret");
        assertThat(cipher.encrypt("1000.secret", PLACE)).as("the same secret twice looks different").isNotEqualTo(stored);
    }

    @Test
    void aValueThatWasCopiedToAnotherRowOrColumnIsNotRead() {
        byte[] stored = cipher.encrypt("1000.secret", PLACE);

        for (String place : new String[] {"connections/8/refresh_token", "connections/7/client_secret"}) {
            assertThatThrownBy(() -> cipher.decrypt(stored, place)).isInstanceOf(BadSettingException.class)
                .hasMessageContaining(place).hasMessageNotContaining("1000.secret");
        }
    }

    @Test
    void aChangedByteIsNotRead() {
        byte[] stored = cipher.encrypt("1000.secret", PLACE);
        stored[stored.length - 1] ^= 1;

        assertThatThrownBy(() -> cipher.decrypt(stored, PLACE)).isInstanceOf(BadSettingException.class);
    }

    @Test
    void theKeyBeforeReadsAndIsToldApart() {
        byte[] stored = new SecretCipher(old, null).encrypt("1000.secret", PLACE);

        assertThatThrownBy(() -> cipher.decrypt(stored, PLACE)).hasMessageContaining("SADDLEBAG_MASTER_KEY_PREVIOUS");
        SecretCipher both = new SecretCipher(today, old);
        assertThat(both.decrypt(stored, PLACE)).isEqualTo("1000.secret");
        assertThat(both.isCurrent(stored)).isFalse();
        assertThat(both.isCurrent(both.encrypt("1000.secret", PLACE))).isTrue();
        assertThat(cipher.decrypt(both.encrypt("x", PLACE), PLACE)).as("written with the key of today").isEqualTo("x");
    }

    @Test
    void nothingStaysNothing() {
        assertThat(cipher.encrypt(null, PLACE)).isNull();
        assertThat(cipher.decrypt(null, PLACE)).isNull();
    }

    private static MasterKey key(int fill) {
        byte[] bytes = new byte[MasterKey.BYTES];
        Arrays.fill(bytes, (byte) fill);
        return new MasterKey(bytes);
    }
}
