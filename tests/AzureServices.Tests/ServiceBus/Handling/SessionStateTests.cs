using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

public sealed class SessionStateTests
{
    public static TheoryData<FailureHistory> Histories => [new FailureHistory(0, Some.Now), new FailureHistory(12, Some.Now), new FailureHistory(int.MaxValue, null)];

    [Theory]
    [MemberData(nameof(Histories))]
    public void A_session_state_is_read_as_it_was_written(FailureHistory history) =>
        SessionState.HistoryOf(SessionState.Of("track-1-0", history), "track-1-0").ShouldBe(history);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"messageId":7,"attempts":3}""")]
    [InlineData("""{"messageId":"another","attempts":3}""")]
    [InlineData("""{"messageId":"track-1-0","attempts":"3","firstFailedAt":"x"}""")]
    [InlineData("""{"messageId":"track-1-0","attempts":-3,"firstFailedAt":9223372036854775807}""")]
    public void Anything_else_remembers_nothing(string state) =>
        SessionState.HistoryOf(BinaryData.FromString(state), "track-1-0").ShouldBe(FailureHistory.None);

    [Fact]
    public void No_state_remembers_nothing() => SessionState.HistoryOf(null, "track-1-0").ShouldBe(FailureHistory.None);
}
