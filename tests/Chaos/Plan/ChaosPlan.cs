namespace CustomerIoDestination.Chaos.Plan;

/// <summary>The lives of the host. A pure function of the options: the same seed makes the same plan.</summary>
internal static class ChaosPlan
{
    private const int TroublesPerLife = 2;

    // From so many events on, the minute a refused key pauses for does not matter.
    private const int LongRun = 20_000;

    /// <summary>Makes the plan: every trouble is in some life, the worst ones in lives that end by a kill.</summary>
    public static IReadOnlyList<Life> Of(ChaosOptions options)
    {
        var random = new Random(options.Seed);
        List<Trouble>[] dealt = [.. Enumerable.Range(0, options.Kills + 1).Select(_ => new List<Trouble>())];
        Deal(dealt, options, random);
        return [.. dealt.Select((troubles, index) => new Life(
            BatchMode: random.Next(2) == 0,
            troubles,
            index == options.Kills ? null : KillAfter(options, index, random),
            TimeSpan.FromMilliseconds(random.Next(300))))];
    }

    // Packs of all troubles are dealt out until each life has two. A full disk ends with the life, and a refused key pauses for a minute, which only a kill
    // ends sooner: neither is dealt to the last, which begins with what lasts longer than an event is held.
    private static void Deal(List<Trouble>[] dealt, ChaosOptions options, Random random)
    {
        int last = options.Kills;
        dealt[last].Add(options.Events >= LongRun ? Trouble.KeyRefused : Trouble.LongOutage);
        Trouble[] pack = [.. Enum.GetValues<Trouble>().Where(trouble => IsDealt(trouble, options.Queue))];
        int turns = Math.Max(TroublesPerLife * dealt.Length, pack.Length);
        for (int turn = 0; turn < turns; turn++)
        {
            if (turn % pack.Length == 0)
            {
                random.Shuffle(pack);
            }

            Trouble trouble = pack[turn % pack.Length];
            int life = turn % dealt.Length;
            if (life == last && trouble is Trouble.KeyRefused or Trouble.DiskFull)
            {
                life = random.Next(last);
            }

            if (!dealt[life].Contains(trouble))
            {
                dealt[life].Add(trouble);
            }
        }
    }

    // Over Service Bus the host writes no file.
    private static bool IsDealt(Trouble trouble, ChaosQueue queue) =>
        trouble is not Trouble.LongOutage && (trouble is not Trouble.DiskFull || queue == ChaosQueue.Sqlite);

    private static int KillAfter(ChaosOptions options, int life, Random random)
    {
        double part = (double)options.Events / (options.Kills + 1);
        return (int)(part * (life + 0.5 + (random.NextDouble() / 2)));
    }
}
