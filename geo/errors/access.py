"""Errors of access and sign-in."""

from geo.errors.base import BuurtError

# --- Roles ----------------------------------------------------------------------------------------


class AccessDenied(BuurtError):
    """The role does not allow this action."""

    message = "role '{role}' may not '{action}'; sign in with another role"


class SignInRefused(AccessDenied):
    """The account, the password or the secret link is wrong; which of them is not told."""

    message = "account, password or link is wrong; try again or ask the administrator"


class CodeRefused(SignInRefused):
    """The code of the authenticator app is wrong, of long ago or used before, or is no recovery code."""

    message = "the code is wrong or was used before; type the next code of the app, or a recovery code"


class PasswordRefused(SignInRefused):
    """The password that is asked again, of who is signed in already, is wrong."""

    message = "the password is wrong; type the password that you sign in with"


class OwnSecondFactor(AccessDenied):
    """An administrator wants to reset the second factor of their own account."""

    message = (
        "nobody resets the second factor of their own account; turn it off with a code where you sign in,"
        " or ask another administrator"
    )


class SignInTooSoon(AccessDenied):
    """After a wrong password the next try waits; the password was not looked at."""

    message = "wait {wait_s} seconds before the next try"
