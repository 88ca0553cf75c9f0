package io.saddlebag.images;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Makes thumbnails with the JDK's readers, which do not read webp. A few bytes can declare a picture of gigabytes, so the
 * declared size is checked first, and only every n-th pixel is read into memory.
 */
@Component
class Thumbnails {

    /** The properties of a picture; each null if unknown. A small picture has no thumbnail. */
    record Look(Integer width, Integer height, byte[] thumbnail, String thumbnailType) {
    }

    private static final Logger LOG = LoggerFactory.getLogger(Thumbnails.class);
    /** The longest side of a JPEG. Larger pictures are refused, because a reader holds a whole row in memory. */
    private static final int LONGEST_SIDE = 65_535;

    private final int side;
    private final long mostPixels;

    /**
     * @param side longer side of a thumbnail, in pixels
     * @param mostPixels the largest picture, in pixels, from which a thumbnail is made
     */
    Thumbnails(@Value("${saddlebag.images.thumbnail}") int side, @Value("${saddlebag.images.most-pixels}") long mostPixels) {
        this.side = side;
        this.mostPixels = mostPixels;
    }

    /** @return what can be read; a broken picture is not an error */
    Look look(byte[] content, PictureType type) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByMIMEType(type.mediaType());
        if (!readers.hasNext()) {
            return new Look(null, null, null, null);
        }
        ImageReader reader = readers.next();
        Integer width = null;
        Integer height = null;
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            reader.setInput(input, true, true);
            width = reader.getWidth(0);
            height = reader.getHeight(0);
            boolean large = Math.max(width, height) > side;
            boolean readable = Math.max(width, height) <= LONGEST_SIDE && (long) width * height <= mostPixels;
            return large && readable ? thumbnail(reader, width, height) : new Look(width, height, null, null);
        } catch (IOException | RuntimeException broken) { // the JDK's readers throw any of them
            LOG.debug("No thumbnail of a {}", type, broken);
            return new Look(width, height, null, null);
        } finally {
            reader.dispose();
        }
    }

    private Look thumbnail(ImageReader reader, int width, int height) throws IOException {
        int longer = Math.max(width, height);
        int everyNth = Math.max(1, longer / (2 * side));
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(everyNth, everyNth, 0, 0);
        BufferedImage rough = reader.read(0, param);
        boolean clear = rough.getColorModel().hasAlpha();
        BufferedImage small = new BufferedImage(scaled(width, longer), scaled(height, longer),
                clear ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = small.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        pen.drawImage(rough, 0, 0, small.getWidth(), small.getHeight(), null);
        pen.dispose();
        PictureType type = clear ? PictureType.PNG : PictureType.JPEG;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(small, type.name(), output);
        }
        return new Look(width, height, bytes.toByteArray(), type.mediaType());
    }

    private int scaled(int length, int longer) {
        return Math.max(1, Math.round((float) length * side / longer));
    }
}
