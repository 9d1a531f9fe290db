using System.Text.Json.Nodes;
using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Tests;

public sealed class OrderCheckTests
{
    // Three anonymous events, an identify, four events, an identify, a purchase that is sent twice.
    private const int Device = 0;

    private readonly OrderCheck _check = new(Traffic);

    [Fact]
    public void Events_that_come_in_their_order_are_good_and_repeats_are_counted()
    {
        int[] numbers = [.. Traffic(Device).Events.Select(source => source.Number).Distinct()];

        _check.Read([.. numbers.Take(4).Concat([3, 2]).Concat(numbers.Skip(4)).Select((number, at) => Call(at + 1, Single(number)))]);

        _check.Violations.ShouldBeEmpty();
        _check.Repeats.ShouldBe(2);
    }

    [Fact]
    public void An_event_that_passes_an_identify_is_found()
    {
        _check.Read([Call(1, Single(0)), Call(2, Single(1)), Call(3, Single(2)), Call(4, Single(4)), Call(5, Single(3))]);

        _check.Violations.ShouldHaveSingleItem().ShouldBe("event 4 of device 0 came before event 3 was taken");
    }

    [Fact]
    public void An_event_that_comes_when_an_identify_was_answered_503_is_found()
    {
        _check.Read([Call(1, Single(0)), Call(2, Single(1)), Call(3, Single(2)), Call(4, Single(3), 503), Call(5, Single(4)), Call(6, Single(3))]);

        _check.Violations.ShouldHaveSingleItem().ShouldBe("event 4 of device 0 came before event 3 was taken");
    }

    [Fact]
    public void An_event_that_comes_while_the_one_before_it_is_in_hand_is_found()
    {
        JsonObject slow = Call(1, Single(0));
        slow["decidedAfter"] = 2L;

        _check.Read([slow, Call(2, Single(1))]);

        _check.Violations.ShouldHaveSingleItem().ShouldBe("event 1 of device 0 came before event 0 was taken");
    }

    [Fact]
    public void An_event_whose_answer_was_lost_or_that_was_refused_for_good_need_not_come_again()
    {
        JsonObject lost = Call(1, Single(0));
        lost["status"] = null;

        _check.Read([lost, Call(2, Single(1), 400), Call(3, Single(2))]);

        _check.Violations.ShouldBeEmpty();
        _check.Repeats.ShouldBe(0);
    }

    [Fact]
    public void A_batch_that_was_not_taken_comes_again_whole()
    {
        string batch = $$"""{"batch":[{{Single(0)}},{{Single(1)}}]}""";

        _check.Read([Call(1, batch, 503), Call(2, batch, 207), Call(3, Single(2)), Call(4, $$"""{"batch":[{{Single(3)}},{{Single(4)}}]}""", 503), Call(5, Single(4))]);

        _check.Repeats.ShouldBe(3);
        _check.Violations.ShouldHaveSingleItem().ShouldBe("event 4 of device 0 came before event 3 was taken");
    }

    [Fact]
    public void A_call_in_hand_is_waited_for_but_not_longer_than_the_host_waits()
    {
        JsonObject inHand = Call(1, Single(0));
        inHand["applied"] = null;
        _check.Read([inHand.DeepClone(), Call(2, Single(16))]);
        _check.LastSequence.ShouldBe(0);

        _check.Read([inHand, Call(3_000, Single(16))]);
        _check.LastSequence.ShouldBe(3_000);
    }

    [Fact]
    public void Items_of_a_batch_come_in_their_order()
    {
        _check.Read([Call(1, $$"""{"batch":[{{Single(0)}},{{Single(2)}},{{Single(1)}}]}""")]);

        _check.Violations.ShouldHaveSingleItem();
    }

    [Fact]
    public void An_event_nobody_sent_is_found()
    {
        _check.Read([Call(1, """{"name":"Never","timestamp":1789999999}""")]);

        _check.Violations.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_gap_in_what_was_seen_makes_the_check_worthless()
    {
        _check.Read([Call(1, Single(0)), Call(3, Single(1))]);

        _check.Violations.ShouldHaveSingleItem();
    }

    private static DeviceTraffic Traffic(int device) => DeviceTraffic.Of(seed: 1, device, withDeadLetters: true);

    private static string Single(int number) => $$"""{"timestamp":{{TrafficEvent.Start + number}}}""";

    private static JsonObject Call(int sequence, string body, int status = 200) => new()
    {
        ["sequence"] = (long)sequence,
        ["atMs"] = (double)sequence,
        ["method"] = "POST",
        ["body"] = body,
        ["status"] = status,
        ["applied"] = status < 300,
        ["decidedAfter"] = (long)sequence,
    };
}
