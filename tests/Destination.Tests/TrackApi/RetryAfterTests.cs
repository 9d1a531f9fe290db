using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("120", 120)]
    [InlineData(" 2 ", 2)]
    [InlineData("0", 0)]
    [InlineData("4000000000", 4_000_000_000)]
    [InlineData("Tue, 24 Nov 2026 12:00:30 GMT", 30)]
    [InlineData("Tue, 24 Nov 2026 11:00:00 GMT", 0)]
    public void Seconds_and_dates_are_read(string header, long seconds) => Read(header).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("soon")]
    [InlineData("2026-11-24T12:01:00Z")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("3, soon")]
    public void Anything_else_is_as_good_as_none(string header) => Read(header).ShouldBeNull();

    [Theory]
    [InlineData("4294967296")]
    [InlineData("99999999999")]
    [InlineData("99999999999999999999")]
    public void A_number_too_large_to_hold_is_the_longest_wait(string header) => RetryAfter.Bounded(Read(header)!.Value).ShouldBe(RetryAfter.Longest);

    [Fact]
    public void A_retry_after_with_two_numbers_counts_as_the_longer_one() => Read("3, 4").ShouldBe(TimeSpan.FromSeconds(4));

    private static TimeSpan? Read(string header)
    {
        using HttpResponseMessage response = new();
        response.Headers.TryAddWithoutValidation("Retry-After", header);
        return RetryAfter.Read(response.Headers, Some.Now);
    }
}
