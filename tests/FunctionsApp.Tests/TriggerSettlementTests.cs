using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Moq;

namespace CustomerIoDestination.FunctionsApp.Tests;

public sealed class TriggerSettlementTests
{
    private static readonly ServiceBusReceivedMessage Message = ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: "track-1-0", sessionId: "l-07");

    private readonly Mock<ServiceBusMessageActions> _messages = new(MockBehavior.Strict);
    private readonly Mock<ServiceBusSessionMessageActions> _session = new(MockBehavior.Strict);
    private readonly CancellationToken _token = new(canceled: false);

    [Fact]
    public async Task Completing_completes_the_message()
    {
        _messages.Setup(actions => actions.CompleteMessageAsync(Message, _token)).Returns(Task.CompletedTask).Verifiable(Times.Once);

        await Settlement().CompleteAsync(_token);

        _messages.Verify();
    }

    [Fact]
    public async Task Dead_lettering_carries_reason_description_and_properties()
    {
        _messages
            .Setup(actions => actions.DeadLetterMessageAsync(
                Message,
                It.Is<Dictionary<string, object>>(properties => properties.Count == 1 && properties["attempts"].Equals(3)),
                "limit_exceeded",
                "traits.bio has 1500 bytes",
                _token))
            .Returns(Task.CompletedTask)
            .Verifiable(Times.Once);

        await Settlement().DeadLetterAsync("limit_exceeded", "traits.bio has 1500 bytes", new Dictionary<string, object> { ["attempts"] = 3 }, _token);

        _messages.Verify();
    }

    [Fact]
    public async Task Releasing_gives_the_session_up_and_settles_nothing()
    {
        _session.Setup(actions => actions.ReleaseSession(_token)).Returns(Task.CompletedTask).Verifiable(Times.Once);

        await Settlement().ReleaseSessionAsync(_token);

        _session.Verify();
        _messages.VerifyNoOtherCalls();
    }

    [Fact]
    public async Task The_sessions_state_is_read_and_written()
    {
        BinaryData before = new("before");
        BinaryData after = new("after");
        _session.Setup(actions => actions.GetSessionStateAsync(_token)).ReturnsAsync(before);
        _session.Setup(actions => actions.SetSessionStateAsync(after, _token)).Returns(Task.CompletedTask).Verifiable(Times.Once);

        (await Settlement().GetSessionStateAsync(_token)).ShouldBeSameAs(before);
        await Settlement().SetSessionStateAsync(after, _token);

        _session.Verify();
    }

    [Fact]
    public void The_lock_is_the_sessions()
    {
        DateTimeOffset until = new(2026, 11, 24, 12, 1, 0, TimeSpan.Zero);
        _session.Setup(actions => actions.SessionLockedUntil).Returns(until);

        Settlement().SessionLockedUntil.ShouldBe(until);
    }

    [Fact]
    public async Task Renewing_renews_the_sessions_lock()
    {
        _session.Setup(actions => actions.RenewSessionLockAsync(_token)).Returns(Task.CompletedTask).Verifiable(Times.Once);

        await Settlement().RenewSessionLockAsync(_token);

        _session.Verify();
        _messages.VerifyNoOtherCalls();
    }

    [Fact]
    public async Task An_exception_of_a_settlement_reaches_the_handler()
    {
        _messages.Setup(actions => actions.CompleteMessageAsync(Message, _token)).ThrowsAsync(new InvalidOperationException("lock lost"));

        await Should.ThrowAsync<InvalidOperationException>(() => Settlement().CompleteAsync(_token));
    }

    private TriggerSettlement Settlement() => new(Message, _messages.Object, _session.Object);
}
