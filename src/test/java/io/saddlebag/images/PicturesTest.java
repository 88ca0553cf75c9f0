package io.saddlebag.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class PicturesTest {

    private static final int SIDE = 64;
    private static final long MOST_PIXELS = 1_000_000;

    private final Pictures pictures = new Pictures(DataSize.ofMegabytes(1), new Thumbnails(SIDE, MOST_PIXELS));

    @ParameterizedTest
    @CsvSource({"jpeg, 400, 300, 64, 48", "gif, 300, 900, 21, 64", "bmp, 65, 65, 64, 64", "png, 900, 2, 64, 1"})
    void aLargePictureHasAThumbnailOfItsShape(String format, int width, int height, int small, int smallHeight) throws IOException {
        Picture picture = pictures.read(drawn(format, width, height, BufferedImage.TYPE_INT_RGB));
        assertThat(picture.mediaType()).isEqualTo("image/" + format);
        assertThat(picture.width()).isEqualTo(width);
        assertThat(picture.height()).isEqualTo(height);
        BufferedImage thumbnail = ImageIO.read(new ByteArrayInputStream(picture.thumbnail()));
        assertThat(thumbnail.getWidth()).isEqualTo(small);
        assertThat(thumbnail.getHeight()).isEqualTo(smallHeight);
        assertThat(picture.thumbnailType()).isEqualTo("image/jpeg");
    }

    @Test
    void whatIsClearStaysClear() throws IOException {
        Picture picture = pictures.read(drawn("png", 200, 200, BufferedImage.TYPE_INT_ARGB));
        assertThat(picture.thumbnailType()).isEqualTo("image/png");
        assertThat(ImageIO.read(new ByteArrayInputStream(picture.thumbnail())).getRGB(60, 60) >>> 24).isZero();
    }

    @Test
    void aSmallPictureNeedsNone() throws IOException {
        Picture picture = pictures.read(drawn("png", SIDE, SIDE, BufferedImage.TYPE_INT_RGB));
        assertThat(picture.thumbnail()).isNull();
        assertThat(picture.width()).isEqualTo(SIDE);
    }

    @ParameterizedTest
    @CsvSource({"60000, 60000", "1000000, 1", "2147483647, 2147483647"})
    void aFewBytesThatUnpackToGigabytesAreKeptAndNotUnpacked(int width, int height) throws IOException {
        Picture picture = pictures.read(bomb(width, height));
        assertThat(picture.width()).isEqualTo(width);
        assertThat(picture.thumbnail()).isNull();
    }

    @Test
    void aBrokenPictureIsKeptAsItIs() throws IOException {
        byte[] whole = drawn("png", 300, 300, BufferedImage.TYPE_INT_RGB);
        byte[] broken = Arrays.copyOf(whole, 40);
        assertThat(pictures.read(broken).content()).isEqualTo(broken);
        assertThat(pictures.read("GIF89a".getBytes(StandardCharsets.US_ASCII)).width()).isNull();
        assertThat(pictures.read("RIFF....WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).thumbnail()).isNull();
    }

    @Test
    void theSameContentHasTheSameDigest() {
        byte[] content = "GIF89a".getBytes(StandardCharsets.US_ASCII);
        assertThat(pictures.read(content).digest()).hasSize(64).isEqualTo(pictures.read(content.clone()).digest());
        assertThat(pictures.read("GIF87a".getBytes(StandardCharsets.US_ASCII)).digest()).isNotEqualTo(pictures.read(content).digest());
    }

    @Test
    void whatIsTooLargeOrNoPictureIsRefusedWithItsReason() {
        byte[] large = Arrays.copyOf("GIF89a".getBytes(StandardCharsets.US_ASCII), 1024 * 1024 + 1);
        assertThatThrownBy(() -> pictures.read(large)).isInstanceOf(PictureRefusedException.class)
                .hasMessageContainingAll("1048577 bytes", "1 MB");
        assertThat(pictures.read(Arrays.copyOf(large, 1024 * 1024)).mediaType()).isEqualTo("image/gif");
        assertThatThrownBy(() -> pictures.read("<svg/>".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(PictureRefusedException.class).hasMessageContaining("neither gif, png");
    }

    private static byte[] drawn(String format, int width, int height, int type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, type), format, bytes);
        return bytes.toByteArray();
    }

    /** A PNG that says it has so many pixels, and brings a few. */
    private static byte[] bomb(int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream png = new DataOutputStream(bytes);
        png.writeLong(0x89504E470D0A1A0AL);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {16, 6, 0, 0, 0}); // 16 bits each of red, green, blue, alpha
        chunk(png, "IHDR", header.toByteArray());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream packed = new DeflaterOutputStream(data)) {
            packed.write(new byte[100_000]);
        }
        chunk(png, "IDAT", data.toByteArray());
        chunk(png, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream png, String name, byte[] content) throws IOException {
        byte[] type = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 check = new CRC32();
        check.update(type);
        check.update(content);
        png.writeInt(content.length);
        png.write(type);
        png.write(content);
        png.writeInt((int) check.getValue());
    }
}
