"""Constraints and indexes of all tables."""

import chat.models.provider
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('chat', '0003_records')]

    operations = [
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_any_case'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['created_at'], name='audit_by_time'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor', 'created_at'], name='audit_by_actor'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('user', None), ('group', None), _connector='OR'), name='budget_for_one_party'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('exception', False), ('user__isnull', False), _connector='OR'), name='budget_exception_for_a_person'),
        ),
        migrations.AddConstraint(
            model_name='budgetspend',
            constraint=models.UniqueConstraint(fields=('budget', 'user_id', 'starts'), name='one_spend_per_period'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('user', 'conversation'), name='one_draft_per_conversation'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(condition=models.Q(('conversation', None)), fields=('user',), name='one_draft_for_a_new_page'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='one_folder_per_name'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('calls_open', True)), fields=['id'], name='message_calls_open'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('deletion__isnull', False)), fields=['deleted_at'], name='message_deleted'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('conversation', 'key'), name='one_message_per_key'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.UniqueConstraint(fields=('conversation', 'key'), name='one_comment_per_key'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('seen_at', None)), fields=['user'], name='notice_unseen'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('archived_at', None), ('folder', None), ('pinned_at', None), ('temporary', False)), fields=['owner', '-updated_at', '-id'], name='conversation_sidebar'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['owner', '-updated_at', '-id'], name='conversation_of_owner'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['folder', '-updated_at', '-id'], name='conversation_in_folder'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['updated_at'], name='conversation_by_activity'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.UniqueConstraint(fields=('language_model', 'valid_from'), name='one_price_per_day'),
        ),
        migrations.AddConstraint(
            model_name='languagemodel',
            constraint=models.UniqueConstraint(fields=('provider', 'model_name'), name='one_row_per_model'),
        ),
        migrations.AddIndex(
            model_name='completion',
            index=models.Index(fields=['provider', 'created_at'], name='completion_health'),
        ),
        migrations.AddIndex(
            model_name='completion',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['state'], name='completion_open'),
        ),
        migrations.AddConstraint(
            model_name='replychunk',
            constraint=models.UniqueConstraint(fields=('reply', 'seq'), name='one_chunk_per_number'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.UniqueConstraint(fields=('completion', 'spend'), name='one_reservation_each'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.UniqueConstraint(models.Value(1), condition=models.Q(('group', None)), name='one_rule_for_everyone'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('user', 'name'), name='one_view_per_name'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('conversation', None), ('folder', None), _connector='XOR'), name='share_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('everyone', False), ('group', None), ('user__isnull', False)), models.Q(('everyone', False), ('group__isnull', False), ('user', None)), models.Q(('everyone', True), ('group', None), ('user', None)), _connector='OR'), name='share_to_one_party'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('conversation__isnull', False), ('user__isnull', False)), fields=('conversation', 'user'), name='one_share_of_conversation_to_user'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('conversation__isnull', False), ('group__isnull', False)), fields=('conversation', 'group'), name='one_share_of_conversation_to_group'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('conversation__isnull', False), ('everyone', True)), fields=('conversation',), name='one_share_of_conversation_to_everyone'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('folder__isnull', False), ('user__isnull', False)), fields=('folder', 'user'), name='one_share_of_folder_to_user'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('folder__isnull', False), ('group__isnull', False)), fields=('folder', 'group'), name='one_share_of_folder_to_group'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('folder__isnull', False), ('everyone', True)), fields=('folder',), name='one_share_of_folder_to_everyone'),
        ),
        migrations.AddConstraint(
            model_name='linkview',
            constraint=models.UniqueConstraint(fields=('link', 'user'), name='one_row_per_viewer'),
        ),
        migrations.AddIndex(
            model_name='toolcall',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['state'], name='tool_call_running'),
        ),
        migrations.AddConstraint(
            model_name='toolcall',
            constraint=models.UniqueConstraint(fields=('message', 'number'), name='one_call_per_number'),
        ),
        migrations.AddIndex(
            model_name='usagerecord',
            index=models.Index(fields=['created_at'], name='usage_by_time'),
        ),
        migrations.AddIndex(
            model_name='usagerecord',
            index=models.Index(fields=['user', 'created_at'], name='usage_by_user'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('user', 'conversation'), name='one_visit_per_person'),
        ),
    ]
