using Amqp.Listener;
using Amqp.Types;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Wire;

/// <summary>The node <c>$management</c> of a queue or dead-letter sub-queue: everything a client does without a link of its own.</summary>
internal sealed class ManagementNode(QueueStore store, bool hasSessions, LookCounter looks, FaultPlan faults) : IRequestProcessor
{
    public int Credit => 100;

    public void Process(RequestContext requestContext)
    {
        if (requestContext.ResponseLink is { IsClosed: false })
        {
            requestContext.Complete(FaultOrAnswer(new ManagementRequest(requestContext.Message)).ToMessage());
        }
    }

    private ManagementAnswer FaultOrAnswer(ManagementRequest request) =>
        OperationOf(request) is { } operation && faults.Next(operation) is { } fault ? ManagementAnswer.Of(fault) : Answer(request);

    private static BrokerOperation? OperationOf(ManagementRequest request) => request.Operation switch
    {
        "com.microsoft:peek-message" => BrokerOperation.Peek,
        "com.microsoft:renew-session-lock" => BrokerOperation.RenewSession,
        "com.microsoft:get-session-state" => BrokerOperation.GetSessionState,
        "com.microsoft:set-session-state" => BrokerOperation.SetSessionState,
        _ => null,
    };

    private ManagementAnswer Answer(ManagementRequest request) => request.Operation switch
    {
        "com.microsoft:peek-message" => Peek(request),
        "com.microsoft:renew-lock" => RenewLocks(request),
        "com.microsoft:update-disposition" => Settle(request),
        "com.microsoft:receive-by-sequence-number" => ReceiveDeferred(request),
        "com.microsoft:schedule-message" => Schedule(request),
        "com.microsoft:cancel-scheduled-message" => store.CancelScheduled(request.SequenceNumbers)
            ? ManagementAnswer.Done
            : ManagementAnswer.NotFound(WireErrors.MessageNotFound()),
        "com.microsoft:renew-session-lock" => store.RenewSession(request.Holder, request.SessionId ?? "") is { } until
            ? ManagementAnswer.With("expiration", until.UtcDateTime)
            : ManagementAnswer.Gone(WireErrors.SessionLockLost()),
        "com.microsoft:get-session-state" => store.Holds(request.Holder, request.SessionId ?? "")
            ? ManagementAnswer.With("session-state", store.GetSessionState(request.SessionId ?? "")?.ToArray())
            : ManagementAnswer.Gone(WireErrors.SessionLockLost()),
        "com.microsoft:set-session-state" => store.SetSessionState(request.Holder, request.SessionId ?? "", StateOf(request))
            ? ManagementAnswer.Done
            : ManagementAnswer.Gone(WireErrors.SessionLockLost()),
        var unknown => new ManagementAnswer(501, [], WireErrors.NotImplemented($"The operation '{unknown}' is not part of the double.")),
    };

    private ManagementAnswer Peek(ManagementRequest request)
    {
        IReadOnlyList<StoredMessage> messages = store.Peek(request.FromSequenceNumber, request.MessageCount, request.SessionId);
        looks.Add(messages.Count);
        return messages.Count == 0
            ? ManagementAnswer.NoContent
            : ManagementAnswer.With("messages", messages.Select(message => new Map { ["message"] = MessageCodec.Encode(MessageCodec.ToDelivery(message)) }).ToList());
    }

    private ManagementAnswer RenewLocks(ManagementRequest request)
    {
        DateTimeOffset?[] renewed = [.. request.LockTokens.Select(store.RenewLock)];
        return renewed.Contains(null)
            ? ManagementAnswer.Gone(WireErrors.MessageLockLost())
            : ManagementAnswer.With("expirations", renewed.Select(until => until!.Value.UtcDateTime).ToArray());
    }

    private ManagementAnswer Settle(ManagementRequest request)
    {
        Settlement? settlement = request.Text("disposition-status") switch
        {
            "completed" => new Settlement.Complete(),
            "abandoned" => new Settlement.Abandon(),
            "defered" => new Settlement.Defer(),
            "suspended" => new Settlement.DeadLetter(request.Text("deadletter-reason"), request.Text("deadletter-description")),
            _ => null,
        };
        if (settlement is null)
        {
            return ManagementAnswer.BadRequest(WireErrors.NotAllowed("The disposition status is not known."));
        }

        settlement = settlement with { Properties = MessageCodec.ReadProperties(request.PropertiesToModify) };
        bool[] settled = [.. request.LockTokens.Select(token => store.Settle(token, settlement))];
        return !settled.Contains(false)
            ? ManagementAnswer.Done
            : ManagementAnswer.Gone(hasSessions ? WireErrors.SessionLockLost() : WireErrors.MessageLockLost());
    }

    private ManagementAnswer ReceiveDeferred(ManagementRequest request) =>
        store.ReceiveDeferred(request.SequenceNumbers, request.Holder, request.SessionId, request.Deletes) is { } messages
            ? ManagementAnswer.With("messages", messages.Select(ToEntry).ToList())
            : ManagementAnswer.NotFound(WireErrors.MessageNotFound());

    private ManagementAnswer Schedule(ManagementRequest request) =>
        store.Send([.. request.Messages.Select(MessageCodec.Read)]) is SendOutcome.Taken taken
            ? ManagementAnswer.With("sequence-numbers", taken.Sequences.ToArray())
            : ManagementAnswer.BadRequest(WireErrors.NotAllowed("The SessionId was not set on a message, and it cannot be sent to the entity."));

    private static Map ToEntry(StoredMessage message) => new()
    {
        ["message"] = MessageCodec.Encode(MessageCodec.ToDelivery(message)),
        ["lock-token"] = message.Lock?.Token ?? Guid.Empty,
    };

    private static ReadOnlyMemory<byte>? StateOf(ManagementRequest request) => request.SessionState is { } state ? new ReadOnlyMemory<byte>(state) : default(ReadOnlyMemory<byte>?);
}
