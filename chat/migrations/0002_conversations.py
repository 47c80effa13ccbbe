"""Language models, conversations with their messages, and what hangs on them."""

import chat.models.provider
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('chat', '0001_initial')]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='folder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to='chat.folder'),
        ),
        migrations.CreateModel(
            name='LanguageModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model_name', models.CharField(help_text='As the provider spells it.', max_length=200, verbose_name='model name')),
                ('label', models.CharField(blank=True, help_text='What people see; empty: the name.', max_length=100, verbose_name='label')),
                ('enabled', models.BooleanField(default=True, verbose_name='enabled')),
                ('context_window', models.PositiveIntegerField(blank=True, null=True, verbose_name='context window')),
                ('default_parameters', models.JSONField(blank=True, default=dict, verbose_name='default parameters')),
                ('anonymize_policy', models.CharField(blank=True, choices=[('off', 'Off by default, people may switch it on'), ('default', 'On by default, people may switch it off'), ('always', 'Always on')], help_text='Empty: as set for the provider.', max_length=10, verbose_name='anonymise')),
                ('moderate_policy', models.CharField(blank=True, choices=[('off', 'Off by default, people may switch it on'), ('default', 'On by default, people may switch it off'), ('always', 'Always on')], help_text='Empty: as set for the provider.', max_length=10, verbose_name='moderate before sending')),
                ('estimate_factor', models.FloatField(default=1.0, editable=False)),
                ('estimate_factor_at', models.DateTimeField(editable=False, null=True)),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position')),
                ('groups', models.ManyToManyField(blank=True, help_text='Who may use it; empty: everyone.', to='auth.group', verbose_name='teams')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='language_models', to='chat.provider')),
            ],
            options={
                'verbose_name': 'language model',
                'verbose_name_plural': 'language models',
                'ordering': ['provider__name', 'position', 'model_name'],
            },
        ),
        migrations.AddField(
            model_name='conversation',
            name='language_model',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.languagemodel'),
        ),
        migrations.CreateModel(
            name='Completion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('model_name', models.CharField(max_length=200)),
                ('purpose', models.CharField(choices=[('answer', 'answer'), ('title', 'title'), ('check', 'provider check')], default='answer', max_length=10)),
                ('parameters', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'writing'), ('completed', 'completed'), ('stopped', 'stopped'), ('failed', 'failed'), ('blocked', 'blocked by moderation'), ('interrupted', 'interrupted')], default='queued', max_length=12)),
                ('own_key', models.BooleanField(default=False)),
                ('error_category', models.CharField(blank=True, max_length=30)),
                ('retry_after', models.FloatField(null=True)),
                ('streamed', models.BooleanField(null=True)),
                ('system_fingerprint', models.CharField(blank=True, max_length=200)),
                ('node', models.CharField(blank=True, max_length=40)),
                ('lease_version', models.PositiveIntegerField(default=1)),
                ('lease_until', models.DateTimeField(null=True)),
                ('stop_requested_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('first_delta_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='completions', to='chat.conversation')),
                ('language_model', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.languagemodel')),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.provider')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('system', 'Instructions'), ('user', 'You'), ('assistant', 'Assistant'), ('tool', 'Tool')], max_length=10)),
                ('content', models.TextField(blank=True)),
                ('reasoning', models.TextField(blank=True)),
                ('choice', models.PositiveSmallIntegerField(default=0)),
                ('finish_reason', models.CharField(blank=True, max_length=20)),
                ('calls_open', models.BooleanField(default=False)),
                ('key', models.UUIDField(null=True)),
                ('deletion', models.UUIDField(editable=False, null=True)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('completion', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='chat.completion')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='chat.conversation')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='chat.message')),
            ],
        ),
        migrations.AddField(
            model_name='conversation',
            name='leaf',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.message'),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='comment')),
                ('key', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('edited_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentions', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='chat.conversation')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='chat.message')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=10)),
                ('size', models.PositiveIntegerField()),
                ('pages', models.PositiveIntegerField(null=True)),
                ('text', models.TextField()),
                ('cut', models.BooleanField(default=False)),
                ('sealed', models.BinaryField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='chat.conversation')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='chat.message')),
            ],
            options={
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mention', 'mentioned in a comment'), ('shared', 'a conversation was shared'), ('read', 'a conversation was read by an authorised person'), ('retention', 'conversations will be removed')], max_length=12)),
                ('details', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chat.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('show_costs', models.BooleanField(default=False, help_text='Otherwise they see tokens only.', verbose_name='people see what their calls cost')),
                ('temporary_conversations', models.BooleanField(default=True, help_text='They are not kept, but counted.', verbose_name='people may have temporary conversations')),
                ('link_days', models.PositiveSmallIntegerField(default=365, help_text='For links to a conversation that people give to colleagues.', verbose_name='longest life of a link, in days')),
                ('title_model', models.ForeignKey(blank=True, help_text='Makes the titles of conversations. Empty: from the first words.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.languagemodel', verbose_name='model for titles')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisation',
                'default_permissions': ['view', 'change'],
            },
        ),
        migrations.CreateModel(
            name='Preset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('parameters', models.JSONField(blank=True, default=dict, verbose_name='parameters')),
                ('system_prompt', models.TextField(blank=True, max_length=16000, verbose_name='instructions')),
                ('enabled', models.BooleanField(default=True, verbose_name='published')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position')),
                ('groups', models.ManyToManyField(blank=True, help_text='Who may use it; empty: everyone.', to='auth.group', verbose_name='teams')),
                ('language_model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presets', to='chat.languagemodel', verbose_name='model')),
            ],
            options={
                'verbose_name': 'preset',
                'verbose_name_plural': 'presets',
                'ordering': ['position', 'name'],
            },
        ),
        migrations.AddField(
            model_name='conversation',
            name='preset',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='chat.preset'),
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('currency', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Three capital letters, for example CHF.')], verbose_name='currency')),
                ('prompt', models.DecimalField(decimal_places=8, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name='prompt tokens, per million')),
                ('completion', models.DecimalField(decimal_places=8, max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name='completion tokens, per million')),
                ('cached', models.DecimalField(blank=True, decimal_places=8, help_text='Empty: as other prompt tokens.', max_digits=18, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='cached prompt tokens, per million')),
                ('language_model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='chat.languagemodel', verbose_name='model')),
            ],
            options={
                'verbose_name': 'price',
                'verbose_name_plural': 'prices',
                'ordering': ['language_model', '-valid_from'],
            },
        ),
        migrations.CreateModel(
            name='PromptTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('text', models.TextField(max_length=16000, verbose_name='text')),
                ('everyone', models.BooleanField(default=False, verbose_name='everyone may use it')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='Who else may use it.', to='auth.group', verbose_name='teams')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prompt_templates', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'prompt',
                'verbose_name_plural': 'prompts',
                'ordering': ['title', 'id'],
            },
        ),
    ]
