using CustomerIoDestination.Ports;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every store of what is remembered of people must do.</summary>
public abstract class PersonStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly PersonKey One = new(UInt128.Parse("123456789012345678901234567890"));
    private static readonly PersonKey Other = new(7);
    private static readonly PersonKey Device = new(UInt128.MaxValue);

    private Func<ValueTask> _end = () => default;

    protected IPersonStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => (Store, _end) = await StartAsync();

    public async Task DisposeAsync() => await _end();

    /// <summary>A fresh, empty store, and what ends it.</summary>
    protected abstract Task<(IPersonStore Store, Func<ValueTask> End)> StartAsync();

    [SuiteFact]
    public async Task A_store_in_which_nothing_was_put_is_empty_and_finds_nothing()
    {
        (await Store.IsEmptyAsync(CancellationToken.None)).ShouldBeTrue();
        (await Store.ReadAsync([One, Other], CancellationToken.None)).ShouldBeEmpty();
        (await Store.ReadDevicesAsync(One, CancellationToken.None)).ShouldBeEmpty();
        await Store.RemoveAsync([Row(One, PersonRowKind.Claim)], CancellationToken.None);
        (await Store.PurgeAsync(Now, [PersonRowKind.Claim], CancellationToken.None)).ShouldBe(0);
    }

    [SuiteFact]
    public async Task The_stores_own_rows_are_found_and_leave_it_empty()
    {
        PersonRow secret = Row(PersonKey.Nobody, PersonRowKind.Secret, [1, 2, 3], DateTimeOffset.MaxValue);

        PersonRow? before = await Store.AddAsync(secret, CancellationToken.None);
        PersonRow? again = await Store.AddAsync(secret with { Value = new byte[] { 9 } }, CancellationToken.None);

        before.ShouldBeNull();
        again.ShouldNotBeNull().Value.ToArray().ShouldBe([1, 2, 3]);
        (await Store.IsEmptyAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [SuiteFact]
    public async Task A_row_is_read_as_it_was_put_and_replaced_by_the_next()
    {
        await Store.PutAsync([Row(One, PersonRowKind.Forgotten, [1]), Row(One, PersonRowKind.Person, [2]), Row(Other, PersonRowKind.Claim, [3])], CancellationToken.None);
        await Store.PutAsync([Row(One, PersonRowKind.Forgotten, [4, 0, 255], Now.AddDays(2))], CancellationToken.None);

        IReadOnlyList<PersonRow> rows = await Store.ReadAsync([One], CancellationToken.None);

        (await Store.IsEmptyAsync(CancellationToken.None)).ShouldBeFalse();
        rows.Select(row => row.Kind).ShouldBe([PersonRowKind.Forgotten, PersonRowKind.Person], ignoreOrder: true);
        PersonRow replaced = rows.Single(row => row.Kind == PersonRowKind.Forgotten);
        (replaced.Key, replaced.KeptUntil).ShouldBe((One, Now.AddDays(2)));
        replaced.Value.ToArray().ShouldBe([4, 0, 255]);
        (await Store.ReadAsync([One, Other], CancellationToken.None)).Count.ShouldBe(3);
    }

    [SuiteFact]
    public async Task The_first_of_two_that_add_a_row_wins_and_the_other_sees_it()
    {
        PersonRow?[] there = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Store.AddAsync(Row(Device, PersonRowKind.Claim, [(byte)number]), CancellationToken.None)));

        there.Count(row => row is null).ShouldBe(1);
        byte[] won = (await Store.ReadAsync([Device], CancellationToken.None)).ShouldHaveSingleItem().Value.ToArray();
        there.OfType<PersonRow>().ShouldAllBe(row => row.Value.ToArray().SequenceEqual(won));
    }

    [SuiteFact]
    public async Task The_devices_of_a_person_are_read_apart_from_the_rest()
    {
        PersonRow first = Row(One, PersonRowKind.Device) with { Other = Device };
        PersonRow second = Row(One, PersonRowKind.Device) with { Other = new PersonKey(2) };
        await Store.PutAsync([first, second, Row(One, PersonRowKind.Person, [1]), Row(Other, PersonRowKind.Device) with { Other = Device }], CancellationToken.None);

        (await Store.ReadDevicesAsync(One, CancellationToken.None)).Select(row => row.Other).ShouldBe([Device, new PersonKey(2)], ignoreOrder: true);
        (await Store.ReadAsync([One], CancellationToken.None)).ShouldHaveSingleItem().Kind.ShouldBe(PersonRowKind.Person);

        await Store.RemoveAsync([first], CancellationToken.None);
        (await Store.ReadDevicesAsync(One, CancellationToken.None)).ShouldHaveSingleItem().Other.ShouldBe(new PersonKey(2));
    }

    [SuiteFact]
    public async Task A_purge_takes_what_was_kept_long_enough_and_the_kinds_that_are_not_wanted_and_leaves_the_secret()
    {
        await Store.AddAsync(Row(PersonKey.Nobody, PersonRowKind.Secret, [1], DateTimeOffset.MaxValue), CancellationToken.None);
        await Store.PutAsync(
            [
                Row(One, PersonRowKind.Forgotten, keptUntil: Now.AddSeconds(-1)),
                Row(Other, PersonRowKind.Forgotten, keptUntil: Now.AddSeconds(1)),
                Row(Device, PersonRowKind.Claim, keptUntil: Now.AddDays(1)),
                Row(One, PersonRowKind.Device, keptUntil: Now.AddDays(1)) with { Other = Device },
                Row(One, PersonRowKind.Person, keptUntil: Now.AddDays(1)),
            ],
            CancellationToken.None);

        int removed = await Store.PurgeAsync(Now, [PersonRowKind.Claim, PersonRowKind.Device], CancellationToken.None);

        removed.ShouldBe(3);
        IReadOnlyList<PersonRow> left = await Store.ReadAsync([One, Other, Device, PersonKey.Nobody], CancellationToken.None);
        left.Select(row => (row.Key, row.Kind)).ShouldBe(
            [(Other, PersonRowKind.Forgotten), (One, PersonRowKind.Person), (PersonKey.Nobody, PersonRowKind.Secret)], ignoreOrder: true);
        (await Store.ReadDevicesAsync(One, CancellationToken.None)).ShouldBeEmpty();
    }

    private static PersonRow Row(PersonKey key, PersonRowKind kind, byte[]? value = null, DateTimeOffset? keptUntil = null) =>
        new(key, kind, value ?? [], keptUntil ?? Now.AddDays(1));
}
