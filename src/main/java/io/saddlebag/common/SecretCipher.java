package io.saddlebag.common;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/**
 * Encrypts secrets before they are stored in the database: AES-256-GCM of Tink under the master key. Each ciphertext is bound to its place
 * (table, row, column), so that a copy in another row does not decrypt. It begins with the id of its key, so that a former key still
 * decrypts it.
 */
public class SecretCipher {

    /** Tink's prefix: a version byte and the key's id. */
    private static final int PREFIX_BYTES = 5;

    private final Aead aead;
    private final int keyId;

    /** @param previous the former key, which only decrypts; null if there is none */
    public SecretCipher(MasterKey key, MasterKey previous) {
        try {
            AeadConfig.register();
            keyId = id(key);
            KeysetHandle.Builder keys = KeysetHandle.newBuilder().addEntry(KeysetHandle.importKey(tinkKey(key)).makePrimary());
            if (previous != null && id(previous) != keyId) {
                keys.addEntry(KeysetHandle.importKey(tinkKey(previous)));
            }
            aead = keys.build().getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not to be had: " + e.getMessage(), e);
        }
    }

    /**
     * @param secret the text; null stays null
     * @param place place in the database, such as connections/7/refresh_token
     */
    public byte[] encrypt(String secret, String place) {
        try {
            return secret == null ? null : aead.encrypt(secret.getBytes(StandardCharsets.UTF_8), bytes(place));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot encrypt for " + place, e);
        }
    }

    /**
     * @param ciphertext null stays null
     * @throws BadSettingException if neither key decrypts it there: another master key, or a value from another row
     */
    public String decrypt(byte[] ciphertext, String place) {
        try {
            return ciphertext == null ? null : new String(aead.decrypt(ciphertext, bytes(place)), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new BadSettingException("SADDLEBAG_MASTER_KEY", "does not decrypt " + place + " in the database",
                "Give the key that it was stored under as SADDLEBAG_MASTER_KEY_PREVIOUS; if that is lost, start once with "
                    + "SADDLEBAG_FORGET_SECRETS=true, and give again what was stored");
        }
    }

    /** @return whether the value was encrypted with the current key, not with the former one */
    public boolean isCurrent(byte[] ciphertext) {
        return ciphertext.length > PREFIX_BYTES && ByteBuffer.wrap(ciphertext, 1, Integer.BYTES).getInt() == keyId;
    }

    private static AesGcmKey tinkKey(MasterKey key) throws GeneralSecurityException {
        AesGcmParameters parameters = AesGcmParameters.builder().setKeySizeBytes(MasterKey.BYTES).setIvSizeBytes(12)
            .setTagSizeBytes(16).setVariant(AesGcmParameters.Variant.TINK).build();
        return AesGcmKey.builder().setParameters(parameters).setIdRequirement(id(key))
            .setKeyBytes(SecretBytes.copyFrom(key.bytes(), InsecureSecretKeyAccess.get())).build();
    }

    /** @return a name of the key that reveals nothing of it */
    private static int id(MasterKey key) throws GeneralSecurityException {
        return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key.bytes())).getInt();
    }

    private static byte[] bytes(String place) {
        return place.getBytes(StandardCharsets.UTF_8);
    }
}
