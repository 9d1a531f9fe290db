using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace ServiceBusDouble.Store;

/// <content>Settlements, locks that end, messages that expire, dead letters.</content>
internal sealed partial class QueueStore
{
    public const string DeadLetterReason = "DeadLetterReason";
    public const string DeadLetterDescription = "DeadLetterErrorDescription";

    /// <summary>When something falls due next; may be early, never late. Null: nothing is waiting for time to pass.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _agenda.TryPeek(out _, out DateTimeOffset due) ? due : null;
            }
        }
    }

    /// <summary>Carries out a settlement; false when the lock is gone.</summary>
    public bool Settle(Guid lockToken, Settlement settlement)
    {
        lock (_gate)
        {
            CatchUp();
            if (!_locks.TryGetValue(lockToken, out long sequence))
            {
                return false;
            }

            StoredMessage message = Unlock(_messages[sequence]);
            message = message with { Properties = message.Properties.SetItems(settlement.Properties) };
            switch (settlement)
            {
                case Settlement.Complete:
                    Remove(sequence);
                    break;
                case Settlement.Abandon:
                    GiveBack(message, counted: true);
                    break;
                case Settlement.Release:
                    GiveBack(message, counted: false);
                    break;
                case Settlement.Defer:
                    Put(message with { State = MessageState.Deferred });
                    ExpireIfDue(sequence);
                    break;
                case Settlement.DeadLetter(var reason, var description):
                    MoveToDeadLetters(message, reason, description);
                    break;
                default:
                    throw new UnreachableException();
            }

            RaiseChanged();
            return true;
        }
    }

    /// <summary>Prolongs the lock on one message; null when it is gone, or when the queue has sessions and the session is what is locked.</summary>
    public DateTimeOffset? RenewLock(Guid lockToken)
    {
        lock (_gate)
        {
            DateTimeOffset now = CatchUp();
            if (_definition.RequiresSession || !_locks.TryGetValue(lockToken, out long sequence))
            {
                return null;
            }

            DateTimeOffset until = now + _definition.LockDuration;
            Put(_messages[sequence] with { Lock = new MessageLock(lockToken, until) });
            _agenda.Enqueue(new Due(sequence, null), until);
            return until;
        }
    }

    /// <summary>Applies everything that fell due up to now.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            CatchUp();
        }
    }

    private DateTimeOffset CatchUp()
    {
        DateTimeOffset now = _time.GetUtcNow();
        bool changed = false;
        while (_agenda.TryPeek(out Due due, out DateTimeOffset at) && at <= now)
        {
            _agenda.Dequeue();
            changed = true;
            if (due.SessionId is { } sessionId)
            {
                EndSessionLockIfDue(_sessions[sessionId], now);
            }
            else if (_messages.TryGetValue(due.Sequence, out StoredMessage? message))
            {
                Review(message, now);
            }
        }

        if (changed)
        {
            RaiseChanged();
        }

        return now;
    }

    private void Review(StoredMessage message, DateTimeOffset now)
    {
        switch (message)
        {
            case { State: MessageState.Scheduled }:
                // A scheduled message joins the queue when it is due and is numbered then; the number it was scheduled under ends.
                Remove(message.Sequence);
                Enqueue(++_lastSequence, message.Content with { ScheduledFor = null }, now);
                break;
            case { Lock: { } held } when !_definition.RequiresSession && held.Until <= now:
                GiveBack(Unlock(message), counted: true);
                break;
            default:
                ExpireIfDue(message.Sequence);
                break;
        }
    }

    private StoredMessage Unlock(StoredMessage message)
    {
        _locks.Remove(message.Lock!.Token);
        SessionOf(message.Content.SessionId).Locked.Remove(message.Sequence);
        return message with { Lock = null };
    }

    private void GiveBack(StoredMessage message, bool counted)
    {
        message = message with { DeliveryCount = message.DeliveryCount + (counted ? 1 : 0) };
        if (message.DeliveryCount >= _definition.MaxDeliveryCount)
        {
            string description = string.Create(CultureInfo.InvariantCulture, $"Message could not be consumed after {_definition.MaxDeliveryCount} delivery attempts.");
            MoveToDeadLetters(message, "MaxDeliveryCountExceeded", description);
            return;
        }

        if (message.State == MessageState.Active)
        {
            MakeReady(message);
        }
        else
        {
            Put(message);
        }

        ExpireIfDue(message.Sequence);
    }

    /// <summary>A locked message outlives its time; it is looked at again when the lock ends.</summary>
    private void ExpireIfDue(long sequence)
    {
        StoredMessage message = _messages[sequence];
        if (message.Lock is not null || message.ExpiresAt > _time.GetUtcNow())
        {
            return;
        }

        SessionOf(message.Content.SessionId).Ready.Remove(sequence);
        if (_definition.DeadLetteringOnMessageExpiration)
        {
            MoveToDeadLetters(message, "TTLExpiredException", "The message expired and was dead lettered.");
        }
        else
        {
            Remove(sequence);
        }
    }

    /// <summary>Dead-lettering a dead letter leaves it where it is, with the new reason; what the real broker does is not documented.</summary>
    private void MoveToDeadLetters(StoredMessage message, string? reason, string? description)
    {
        ImmutableDictionary<string, object?> properties = message.Properties;
        properties = reason is null ? properties : properties.SetItem(DeadLetterReason, reason);
        properties = description is null ? properties : properties.SetItem(DeadLetterDescription, description);
        message = message with { Properties = properties, State = MessageState.Active };
        if (_deadLetters is null)
        {
            MakeReady(message);
            return;
        }

        Remove(message.Sequence);
        _deadLetters.MakeReady(message with
        {
            Sequence = ++_deadLetters._lastSequence,
            ExpiresAt = DateTimeOffset.MaxValue,
            DeadLetterSource = _definition.Name,
        });
        _deadLetters.RaiseChanged();
    }
}
