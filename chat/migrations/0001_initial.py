"""People, providers, and the first tables around conversations."""

import chat.models.provider
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=chat.models.provider.kind_choices, max_length=40, verbose_name='kind')),
                ('base_url', models.CharField(help_text='Changing the host makes the stored keys useless: enter them again.', max_length=500, verbose_name='base URL')),
                ('completions_path', models.CharField(blank=True, help_text='Empty: as documented.', max_length=200, verbose_name='completions path')),
                ('models_path', models.CharField(blank=True, help_text='Empty: as documented.', max_length=200, verbose_name='model list path')),
                ('auth_header', models.CharField(blank=True, help_text='Empty: as documented.', max_length=80, verbose_name='key header')),
                ('tool_role', models.CharField(blank=True, choices=[('tool', 'tool'), ('data', 'data')], help_text='Empty: tool.', max_length=10, verbose_name='role of tool results')),
                ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demonstration')),
                ('anonymize_policy', models.CharField(choices=[('off', 'Off by default, people may switch it on'), ('default', 'On by default, people may switch it off'), ('always', 'Always on')], default='default', max_length=10, verbose_name='anonymise')),
                ('moderate_policy', models.CharField(choices=[('off', 'Off by default, people may switch it on'), ('default', 'On by default, people may switch it off'), ('always', 'Always on')], default='off', max_length=10, verbose_name='moderate before sending')),
                ('own_keys', models.BooleanField(default=False, help_text='They enter them in their preferences; their prompts go out with these.', verbose_name='people may use keys of their own')),
                ('include_usage', models.BooleanField(default=True, help_text='Switched off by itself when the provider refuses the option.', verbose_name='ask for usage while streaming')),
                ('failures_in_row', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('next_try_at', models.DateTimeField(editable=False, null=True)),
                ('last_success_at', models.DateTimeField(editable=False, null=True)),
                ('last_error', models.CharField(blank=True, editable=False, max_length=30)),
                ('models_refreshed_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'provider',
                'verbose_name_plural': 'providers',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email address')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, help_text='Switch off instead of deleting an account.', verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, help_text='What can be done there is decided by the permissions below.', verbose_name='may open the administration')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='date joined')),
                ('rights_version', models.PositiveIntegerField(default=1, editable=False)),
                ('legal_hold', models.BooleanField(default=False, help_text='Nothing of what this person has written can be removed.', verbose_name='legal hold')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'permissions': [('view_usage', "Can see everybody's usage (numbers only)")],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('hint', models.CharField(editable=False, max_length=4, verbose_name='ends in')),
                ('scopes', models.JSONField(default=list, verbose_name='may read')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'access token',
                'verbose_name_plural': 'access tokens',
                'ordering': ['-created_at'],
                'default_permissions': ['view', 'add', 'change'],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                ('actor_email', models.CharField(blank=True, max_length=254, verbose_name='email address')),
                ('actor_name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('verb', models.CharField(choices=[('signed_in', 'signed in'), ('sign_in_failed', 'failed to sign in'), ('signed_out', 'signed out'), ('password_changed', 'changed a password'), ('person_changed', "changed a person's account"), ('person_deleted', "deleted a person's account"), ('role_changed', "changed a person's teams or permissions"), ('provider_changed', 'changed a provider'), ('model_changed', 'changed a model'), ('policy_changed', 'changed a policy'), ('key_entered', 'entered a key'), ('key_revoked', 'revoked a key'), ('tool_changed', 'changed a tool'), ('price_changed', 'changed a price'), ('budget_changed', 'changed a budget'), ('retention_changed', 'changed how long conversations are kept'), ('hold_changed', 'changed a legal hold'), ('shared', 'shared a conversation'), ('share_changed', 'changed a share'), ('share_revoked', 'revoked a share'), ('link_made', 'made a link'), ('link_revoked', 'revoked a link'), ('link_opened', 'opened a link'), ('exported', 'exported data'), ('imported', 'imported conversations'), ('deleted', 'deleted conversations'), ('retention', 'removed conversations that were due'), ('break_glass', "opened somebody's conversation"), ('token_made', 'made an access token'), ('token_revoked', 'revoked an access token'), ('invoice_entered', 'entered an invoice'), ('ledger_corrected', 'corrected the ledger'), ('setting_changed', 'changed a setting')], max_length=20, verbose_name='what')),
                ('object_type', models.CharField(blank=True, max_length=40, verbose_name='kind of thing')),
                ('object_id', models.CharField(blank=True, max_length=40, verbose_name='number of the thing')),
                ('object_name', models.CharField(blank=True, max_length=200, verbose_name='thing')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='network address')),
                ('details', models.TextField(default='{}', verbose_name='details')),
                ('nonce', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('mac', models.CharField(editable=False, max_length=64)),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'audit event',
                'verbose_name_plural': 'audit log',
                'default_permissions': ['view'],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('each', models.BooleanField(default=True, help_text='Otherwise all of them share it.', verbose_name='for each person')),
                ('exception', models.BooleanField(default=False, help_text='For one person: takes the place of all other limits.', verbose_name='exception')),
                ('period', models.CharField(choices=[('day', 'a day'), ('month', 'a month')], max_length=10, verbose_name='for')),
                ('unit', models.CharField(choices=[('tokens', 'tokens'), ('money', 'money')], max_length=10, verbose_name='in')),
                ('currency', models.CharField(blank=True, max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Three capital letters, for example CHF.')], verbose_name='currency')),
                ('limit', models.DecimalField(decimal_places=8, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name='limit')),
                ('hard', models.BooleanField(default=True, help_text='Nothing is sent beyond it. Otherwise people are only warned.', verbose_name='hard')),
                ('raised_limit', models.DecimalField(blank=True, decimal_places=8, max_digits=18, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='raised to')),
                ('raised_until', models.DateField(blank=True, help_text='The last day on which it is raised.', null=True, verbose_name='raised until')),
                ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                ('group', models.ForeignKey(blank=True, help_text='Without person and team: everyone.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='budgets', to='auth.group', verbose_name='team')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='budgets', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'budget',
                'verbose_name_plural': 'budgets',
            },
        ),
        migrations.CreateModel(
            name='BudgetSpend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField(default=0)),
                ('starts', models.DateField()),
                ('spent', models.DecimalField(decimal_places=8, default=0, max_digits=18)),
                ('reserved', models.DecimalField(decimal_places=8, default=0, max_digits=18)),
                ('told', models.PositiveSmallIntegerField(default=0)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spends', to='chat.budget')),
            ],
        ),
        migrations.CreateModel(
            name='ChainLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.CharField(choices=[('usage', 'Usage'), ('audit', 'Audit')], max_length=5)),
                ('seq', models.PositiveBigIntegerField()),
                ('row_id', models.PositiveBigIntegerField()),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'default_permissions': [],
                'constraints': [models.UniqueConstraint(fields=('chain', 'seq'), name='one_link_per_number'), models.UniqueConstraint(fields=('chain', 'row_id'), name='one_link_per_row')],
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('titled', models.BooleanField(default=False)),
                ('parameters', models.JSONField(blank=True, default=dict)),
                ('system_prompt', models.TextField(blank=True, verbose_name='instructions')),
                ('pinned_at', models.DateTimeField(null=True)),
                ('archived_at', models.DateTimeField(null=True)),
                ('temporary', models.BooleanField(default=False)),
                ('legal_hold', models.BooleanField(default=False, help_text='Nobody can delete it, and no rule removes it.', verbose_name='legal hold')),
                ('answered_at', models.DateTimeField(editable=False, null=True)),
                ('commented_at', models.DateTimeField(editable=False, null=True)),
                ('rights_version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now_add=True, verbose_name='last activity')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'conversation',
                'verbose_name_plural': 'conversations',
                'permissions': [('hold_conversation', 'Can put conversations under a legal hold')],
            },
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('until', models.DateTimeField()),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='break_glasses', to='chat.conversation')),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('break_glass', "Can read somebody's conversation, with a reason")],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('version', models.PositiveBigIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='chat.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'folder',
                'verbose_name_plural': 'folders',
                'ordering': ['name', 'id'],
            },
        ),
    ]
