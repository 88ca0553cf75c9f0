package io.saddlebag.common;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Counts what routes tell it: the one place that knows the library of metrics. */
@Component("counters")
public class Counters {

    private final MeterRegistry meters;

    Counters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** @param tags as {@code entity=items,result=created} */
    public void count(String name, Number increment, String tags) {
        meters.counter(name, of(tags)).increment(increment.doubleValue());
    }

    /** One of the values whose number and sum are kept. */
    public void record(String name, Number value, String tags) {
        meters.summary(name, of(tags)).record(value.doubleValue());
    }

    private static List<Tag> of(String tags) {
        return Stream.of(tags.split(",")).map(tag -> tag.split("=", 2)).map(tag -> Tag.of(tag[0], tag[1])).toList();
    }
}
