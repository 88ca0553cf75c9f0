package io.saddlebag.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTypeTest {

    @ParameterizedTest
    @ValueSource(strings = {"gif", "png", "jpeg", "bmp"})
    void aPictureIsKnownByItsContent(String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), format, bytes);
        assertThat(PictureType.of(bytes.toByteArray())).hasValueSatisfying(
                type -> assertThat(type.mediaType()).isEqualTo("image/" + format));
    }

    @ParameterizedTest
    @CsvSource({"474946383761, image/gif", "474946383961, image/gif", "89504e470d0a1a0a, image/png", "ffd8ffe0, image/jpeg",
        "ffd8ffdb, image/jpeg", "524946461a000000574542505650384c, image/webp",
        "424d3a0000000000000036000000280000000100, image/bmp", "424d3a000000000000001a0000000c0000000100, image/bmp"})
    void itsFirstBytesAreEnough(String hex, String mediaType) {
        assertThat(PictureType.of(HexFormat.of().parseHex(hex))).hasValueSatisfying(
                type -> assertThat(type.mediaType()).isEqualTo(mediaType));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "474946383861", "89504e470d0a1a", "ffd8", "89504e470a1a0a", "524946461a00000057415645",
        "424d3a0000000000000036000000", "424d3a0000000000000036000000290000000100", "424d3a0000000000000036000000280100000100"})
    void whatOnlyLooksLikeOneIsNone(String hex) {
        assertThat(PictureType.of(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<svg onload='x'/>", "<?xml version='1.0'?><svg/>", "<!DOCTYPE html>", "{\"code\":0}", "BMW sells more",
        "RIFF of a WEBP", "%PDF-1.7", "GIF", " GIF89a"})
    void textIsNone(String text) {
        assertThat(PictureType.of(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void whatFollowsTheFirstBytesDoesNotMatter() {
        assertThat(PictureType.of("GIF89a<script>".getBytes(StandardCharsets.UTF_8))).hasValue(PictureType.GIF);
    }
}
