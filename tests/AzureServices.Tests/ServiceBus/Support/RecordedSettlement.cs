using System.Globalization;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>Remembers each step in order, with its state; a step can be made to fail. Its session is locked for a minute at a time.</summary>
internal sealed class RecordedSettlement(TimeProvider time) : IMessageSettlement
{
    private readonly List<string> _steps = [];

    /// <summary>The envelope's message as a receiver sees it.</summary>
    public static ServiceBusReceivedMessage Received(EventEnvelope envelope)
    {
        ServiceBusMessage sent = EnvelopeMessage.Write(envelope);
        return ServiceBusModelFactory.ServiceBusReceivedMessage(
            sent.Body, sent.MessageId, sessionId: sent.SessionId, properties: sent.ApplicationProperties, sequenceNumber: 1);
    }

    /// <summary>What was done, for instance <c>dead-letter expired</c>.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>Forgets the steps so far.</summary>
    public void Forget() => _steps.Clear();

    /// <summary>The session's state.</summary>
    public BinaryData? State { get; set; }

    /// <summary>Steps that fail, by the first word.</summary>
    public Dictionary<string, Exception> Failures { get; } = [];

    public string? Description { get; private set; }

    public IReadOnlyDictionary<string, object>? Properties { get; private set; }

    public DateTimeOffset SessionLockedUntil { get; private set; } = time.GetUtcNow() + TimeSpan.FromMinutes(1);

    public Task RenewSessionLockAsync(CancellationToken cancellationToken)
    {
        if (Failures.TryGetValue("renew", out Exception? failure))
        {
            return Task.FromException(failure);
        }

        SessionLockedUntil = time.GetUtcNow() + TimeSpan.FromMinutes(1);
        return Task.CompletedTask;
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => StepAsync("complete", null, cancellationToken);

    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken)
    {
        Description = description;
        Properties = properties;
        return StepAsync("dead-letter", reason, cancellationToken);
    }

    public Task ReleaseSessionAsync(CancellationToken cancellationToken) => StepAsync("release", null, cancellationToken);

    public Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Failures.TryGetValue("get-state", out Exception? failure) ? Task.FromException<BinaryData?>(failure) : Task.FromResult(State);
    }

    public async Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken)
    {
        await StepAsync("set-state", state.ToMemory().Length == 0 ? "none" : null, cancellationToken);
        State = state;
    }

    private Task StepAsync(string step, string? what, CancellationToken cancellationToken)
    {
        cancellationToken.CanBeCanceled.ShouldBeFalse(string.Create(CultureInfo.InvariantCulture, $"{step} must not be cut off by a shutdown"));
        _steps.Add(what is null ? step : $"{step} {what}");
        return Failures.TryGetValue(step, out Exception? failure) ? Task.FromException(failure) : Task.CompletedTask;
    }
}
