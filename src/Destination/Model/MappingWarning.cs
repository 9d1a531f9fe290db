namespace CustomerIoDestination.Model;

/// <summary>One thing that was changed on the way, or that may surprise. Holds no property value.</summary>
/// <param name="Code">A bounded code, for instance <c>name_cut</c>.</param>
/// <param name="Field">Where.</param>
/// <param name="Message">What was done, in words.</param>
public sealed record MappingWarning(string Code, string Field, string Message);
