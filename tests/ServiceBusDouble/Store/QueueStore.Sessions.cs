namespace ServiceBusDouble.Store;

/// <content>Sessions: one holder at a time, a lock with an end, a state that stays.</content>
internal sealed partial class QueueStore
{
    /// <summary>Sessions held now, each with its holder.</summary>
    public IReadOnlyDictionary<string, string> HeldSessions
    {
        get
        {
            lock (_gate)
            {
                CatchUp();
                return _sessions.Values.Where(session => session.Holder is not null).ToDictionary(session => session.Id, session => session.Holder!);
            }
        }
    }

    /// <summary>
    /// Locks a session for the holder: the one named, whether or not it has messages; or, when none is named, the free one
    /// with the oldest message. The order in which the real broker gives out the next session is not documented.
    /// </summary>
    public SessionOutcome AcceptSession(string holder, string? sessionId)
    {
        lock (_gate)
        {
            DateTimeOffset now = CatchUp();
            Session? session = sessionId is null
                ? _sessions.Values.Where(candidate => candidate is { Holder: null, Ready.Count: > 0 }).MinBy(candidate => candidate.Ready.Min)
                : SessionOf(sessionId);
            switch (session)
            {
                case null:
                    return new SessionOutcome.NoneReady();
                case { Holder: not null }:
                    return new SessionOutcome.Taken();
                default:
                    session.Holder = holder;
                    return new SessionOutcome.Granted(session.Id, Prolong(session, now));
            }
        }
    }

    /// <summary>Prolongs the session's lock; null when the holder has lost it.</summary>
    public DateTimeOffset? RenewSession(string holder, string sessionId)
    {
        lock (_gate)
        {
            DateTimeOffset now = CatchUp();
            Session session = SessionOf(sessionId);
            return session.Holder == holder ? Prolong(session, now) : null;
        }
    }

    /// <summary>Whether the holder still has the session.</summary>
    public bool Holds(string holder, string sessionId)
    {
        lock (_gate)
        {
            CatchUp();
            return SessionOf(sessionId).Holder == holder;
        }
    }

    /// <summary>The state set last, null when there is none. It outlives holders and messages.</summary>
    public ReadOnlyMemory<byte>? GetSessionState(string sessionId)
    {
        lock (_gate)
        {
            return SessionOf(sessionId).State;
        }
    }

    /// <summary>Sets the session's state, or clears it with null; false when the holder has lost the session.</summary>
    public bool SetSessionState(string holder, string sessionId, ReadOnlyMemory<byte>? state)
    {
        lock (_gate)
        {
            CatchUp();
            Session session = SessionOf(sessionId);
            if (session.Holder != holder)
            {
                return false;
            }

            session.State = state;
            return true;
        }
    }

    /// <summary>The holder is gone: its sessions are free, and what it had not settled is given back without counting. Locks on single messages stay until they end.</summary>
    public void ReleaseSessions(string holder)
    {
        lock (_gate)
        {
            CatchUp();
            foreach (Session session in _sessions.Values.Where(session => session.Holder == holder))
            {
                Free(session, counted: false);
            }

            RaiseChanged();
        }
    }

    private Session SessionOf(string? sessionId)
    {
        string key = _definition.RequiresSession ? sessionId ?? "" : "";
        return _sessions.TryGetValue(key, out Session? session) ? session : _sessions[key] = new Session(key);
    }

    private DateTimeOffset Prolong(Session session, DateTimeOffset now)
    {
        session.LockedUntil = now + _definition.LockDuration;
        _agenda.Enqueue(new Due(0, session.Id), session.LockedUntil);
        return session.LockedUntil;
    }

    private void EndSessionLockIfDue(Session session, DateTimeOffset now)
    {
        if (session.Holder is not null && session.LockedUntil <= now)
        {
            Free(session, counted: true);
        }
    }

    private void Free(Session session, bool counted)
    {
        session.Holder = null;
        foreach (long sequence in session.Locked.ToArray())
        {
            GiveBack(Unlock(_messages[sequence]), counted);
        }
    }
}
