"""What people do who want to come into an instance (contracts/reileta.md 3.5)."""

from .reileta import good
from .reileta_shapes import is_candidate, is_list


def enter(socket, instance, **more):
    return socket.ask("instance-join", instance=instance["id"], **more)


def ask(person, instance, **body):
    candidate = good(person.post(f"/instances/{instance['id']}/candidate", body))
    is_candidate(candidate, instance)
    return candidate


def decide(person, instance, other, state, **more):
    return ask(person, instance, user=other.reference, state=state, **more)


def withdraw(person, instance, **query):
    return person.request("DELETE", f"/instances/{instance['id']}/candidate", params=query)


def own(person, instance):
    return good(person.get(f"/instances/{instance['id']}/queue"))


def listed(person, instance):
    data = good(person.get(f"/instances/{instance['id']}/candidate"))
    is_list(data, "candidates")
    return data["items"]
