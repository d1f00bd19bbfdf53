"""What models and controllers do alike."""


def sentence(env, text, values):
    """Return one of the sentences of ``const`` in the language of ``env``, with values in it."""
    translated = env._(text)
    return translated % values
