# /// script
# requires-python = ">=3.11"
# dependencies = ["django==5.2.8", "psycopg[binary]==3.3.0", "waitress==3.0.2"]
#
# [tool.uv]
# exclude-newer = "2026-11-20T00:00:00Z"
# ///
"""Django with psycopg: one way a path."""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import IntegrityError, connection, models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

_at = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="test",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _at.path[1:],
            "USER": _at.username,
            "PASSWORD": _at.password or "",
            "HOST": _at.hostname,
            "PORT": _at.port,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    },
)
django.setup()


class Order(models.Model):
    order_no = models.TextField()

    class Meta:
        app_label = "shop"
        db_table = "orders"


class UniqueOrder(models.Model):
    order_no = models.TextField(unique=True)

    class Meta:
        app_label = "shop"
        db_table = "unique_orders"


class Cart(models.Model):
    order_no = models.TextField(unique=True)

    class Meta:
        app_label = "shop"
        db_table = "carts"


@transaction.atomic
def check(key: str) -> int:
    if Order.objects.filter(order_no=key).exists():
        return 409
    Order.objects.create(order_no=key)
    return 201


def unique(key: str) -> int:
    try:
        with transaction.atomic():
            UniqueOrder.objects.create(order_no=key)
    except IntegrityError:
        return 409
    return 201


@transaction.atomic
def lock(key: str) -> int:
    Cart.objects.select_for_update().get(order_no=key)
    if Order.objects.filter(order_no=key).exists():
        return 409
    Order.objects.create(order_no=key)
    return 201


def submit(request: HttpRequest, way: str) -> JsonResponse:
    status = {"check": check, "unique": unique, "lock": lock}[way](json.loads(request.body)["order_no"])
    return JsonResponse({"status": status}, status=status)


urlpatterns = [path("<str:way>", submit)]

if __name__ == "__main__":
    import waitress

    connection.ensure_connection()
    waitress.serve(WSGIHandler(), host="127.0.0.1", port=int(os.environ["PORT"]), threads=1)
