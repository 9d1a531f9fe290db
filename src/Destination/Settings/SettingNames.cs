using System.Reflection;

namespace CustomerIoDestination.Settings;

/// <summary>
/// Every setting there is, by its one name: the same in the environment, in <c>local.settings.json</c> and in Bicep. A setting is a property of a section of
/// <see cref="DestinationSettings"/>, and its name is <c>Section__Property</c> unless a <see cref="SettingNameAttribute"/> says another. README, sample
/// settings and infrastructure are held against this list by tests.
/// </summary>
public static class SettingNames
{
    /// <summary>The settings, in the order of the sections.</summary>
    internal static IReadOnlyList<Setting> Settings { get; } =
    [
        .. from section in typeof(DestinationSettings).GetProperties()
        where section.PropertyType is { IsClass: true } type && type.Namespace == typeof(DestinationSettings).Namespace
        from property in section.PropertyType.GetProperties()
        where property.CanWrite
        from name in Setting.NamesOf(section, property)
        select new Setting(name, section, property),
    ];

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Settings.Select(setting => setting.Name)];

    /// <summary>The sections whose settings are all known: a name in them that is not in <see cref="All"/> is a mistake.</summary>
    internal static IReadOnlyList<string> Sections { get; } =
        [.. All.Where(name => name.Contains("__", StringComparison.Ordinal)).Select(name => name[..name.IndexOf("__", StringComparison.Ordinal)]).Distinct(StringComparer.Ordinal)];

    /// <summary>Names in these sections that the Functions host reads, not this product: how its trigger authenticates.</summary>
    internal static IReadOnlyList<string> ReadByTheFunctionsHost { get; } = ["ServiceBus__clientId", "ServiceBus__credential"];
}

/// <summary>The name of a setting that others fix: the Functions host, its triggers, or a section it is better looked for in.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingNameAttribute(string name) : Attribute
{
    /// <summary>The whole name.</summary>
    public string Name => name;
}

/// <summary>One setting and where its value goes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Section">The property of <see cref="DestinationSettings"/> that holds its section.</param>
/// <param name="Property">The section's property that it sets, or adds to: secrets that are rotated come in two.</param>
internal sealed record Setting(string Name, PropertyInfo Section, PropertyInfo Property)
{
    /// <summary>The names of a property's settings.</summary>
    public static IEnumerable<string> NamesOf(PropertyInfo section, PropertyInfo property)
    {
        string name = property.GetCustomAttribute<SettingNameAttribute>()?.Name ?? $"{section.Name}__{property.Name}";
        return IsRotated(property) ? [$"{name}__0", $"{name}__1"] : [name];
    }

    /// <summary>Takes the value.</summary>
    public void Put(DestinationSettings settings, object value)
    {
        object section = Section.GetValue(settings)!;
        Property.SetValue(section, IsRotated(Property) ? (Secret[])[.. (IReadOnlyList<Secret>)Property.GetValue(section)!, (Secret)value] : value);
    }

    private static bool IsRotated(PropertyInfo property) => property.PropertyType == typeof(IReadOnlyList<Secret>);
}
