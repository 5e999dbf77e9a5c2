<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>BackendPanel</name>
    <message>
        <source>The backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>&amp;Strategy</source>
        <translation>策略(&amp;S)</translation>
    </message>
    <message>
        <source>How the backend makes the operation idempotent</source>
        <translation>后端用什么办法保证操作幂等</translation>
    </message>
    <message>
        <source>V&amp;ariant</source>
        <translation>写法(&amp;A)</translation>
    </message>
    <message>
        <source>One way to write the strategy, sound or broken</source>
        <translation>该策略的一种写法，可能正确，也可能有缺陷</translation>
    </message>
    <message>
        <source>Data&amp;base</source>
        <translation>数据库(&amp;B)</translation>
    </message>
    <message>
        <source>Where the effects are stored</source>
        <translation>结果写入哪里</translation>
    </message>
    <message>
        <source>Backend processes that share the submissions</source>
        <translation>共同处理提交的后端进程数</translation>
    </message>
    <message>
        <source>Instanc&amp;es</source>
        <translation>实例数(&amp;E)</translation>
    </message>
    <message>
        <source>%1 (broken)</source>
        <translation>%1（有缺陷）</translation>
    </message>
    <message>
        <source>sound</source>
        <translation>正确</translation>
    </message>
    <message>
        <source>broken by design</source>
        <translation>有意展示的缺陷写法</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>No protection</source>
        <translation>无防护</translation>
    </message>
    <message>
        <source>Direct</source>
        <translation>直接写入</translation>
    </message>
    <message>
        <source>Every submission takes effect.</source>
        <translation>每次提交都会生效。</translation>
    </message>
    <message>
        <source>Nothing. It is the baseline that everything else is compared with.</source>
        <translation>什么都不保证，仅作为其他策略的对照基线。</translation>
    </message>
    <message>
        <source>Any second submission: a double click, a retry after a time-out, a redelivered message.</source>
        <translation>任何第二次提交：双击、超时重试、消息重投。</translation>
    </message>
    <message>
        <source>The operation is idempotent by nature, such as setting a value or deleting by key.</source>
        <translation>操作天然幂等，例如赋固定值或按主键删除。</translation>
    </message>
    <message>
        <source>Check, then act</source>
        <translation>先查后写</translation>
    </message>
    <message>
        <source>Looks for the row first; two that look at the same time both find nothing.</source>
        <translation>先查有没有该行；同时查的两个请求都查不到。</translation>
    </message>
    <message>
        <source>A submission that starts after an earlier one has committed is recognised.</source>
        <translation>前一次提交事务之后才开始的提交能被识别。</translation>
    </message>
    <message>
        <source>Two at the same time: both SELECT before either COMMIT. The processing delay widens the gap.</source>
        <translation>两个并发请求：都在对方 COMMIT 之前 SELECT。处理耗时越长，窗口越大。</translation>
    </message>
    <message>
        <source>Never alone. As the check inside a lock it is right.</source>
        <translation>不要单独使用；放在锁内做检查才正确。</translation>
    </message>
    <message>
        <source>Front-end control</source>
        <translation>前端控制</translation>
    </message>
    <message>
        <source>Disable the button</source>
        <translation>禁用按钮</translation>
    </message>
    <message>
        <source>The client sends a click only once; the server accepts whatever arrives.</source>
        <translation>客户端只发送一次点击；服务端来者不拒。</translation>
    </message>
    <message>
        <source>One click, one submission, from this window and while it is open.</source>
        <translation>在这个窗口打开期间，一次点击只产生一次提交。</translation>
    </message>
    <message>
        <source>Whatever does not pass this button: a retry after a time-out, a redelivery, a second window, curl.</source>
        <translation>一切不经过这个按钮的请求：超时重试、消息重投、另一个窗口、curl。</translation>
    </message>
    <message>
        <source>Always, for the person at the screen, and never as the only protection.</source>
        <translation>面向操作者总是值得做，但绝不能作为唯一防线。</translation>
    </message>
    <message>
        <source>Form token</source>
        <translation>表单令牌</translation>
    </message>
    <message>
        <source>Delete first</source>
        <translation>先删令牌</translation>
    </message>
    <message>
        <source>DEL decides: whoever removed the token acts, everybody else is a duplicate.</source>
        <translation>由 DEL 裁决：谁删掉令牌谁执行，其余一律视为重复。</translation>
    </message>
    <message>
        <source>At most one effect for each token, however many submissions race.</source>
        <translation>无论多少提交并发，每个令牌至多生效一次。</translation>
    </message>
    <message>
        <source>A crash after DEL loses the intent while the retry is told “duplicate”. A reloaded page has a new token and is a new intent. After a time-out nobody can say whether the first one succeeded.</source>
        <translation>DEL 之后崩溃，意图丢失，而重试却被告知“重复”。刷新页面会得到新令牌，即新的意图。超时之后，没人说得清第一次是否成功。</translation>
    </message>
    <message>
        <source>A person fills in a form, an occasional loss is repaired by filling it in again, and there is no natural key to put an index on.</source>
        <translation>由人填写表单，偶尔丢失可重填补救，且没有可建索引的业务键。</translation>
    </message>
    <message>
        <source>Get, then delete</source>
        <translation>先查后删</translation>
    </message>
    <message>
        <source>GET decides and DEL claims: two can GET before either DEL.</source>
        <translation>由 GET 裁决、DEL 占用：两个请求可以都在对方 DEL 之前 GET。</translation>
    </message>
    <message>
        <source>A submission that starts after the token is gone is recognised.</source>
        <translation>令牌消失之后才开始的提交能被识别。</translation>
    </message>
    <message>
        <source>Two at the same time: both see the token.</source>
        <translation>两个并发请求：都看得到令牌。</translation>
    </message>
    <message>
        <source>Never: the single DEL is shorter and right.</source>
        <translation>不要用：单独一条 DEL 更短，也更正确。</translation>
    </message>
    <message>
        <source>Delete last</source>
        <translation>最后删令牌</translation>
    </message>
    <message>
        <source>The token stays until the effect is committed, and lets everybody in until then.</source>
        <translation>令牌保留到结果提交为止，在此之前谁都能进来。</translation>
    </message>
    <message>
        <source>No intent is lost: the token outlives a crash before the commit.</source>
        <translation>不会丢失意图：提交前崩溃，令牌仍在。</translation>
    </message>
    <message>
        <source>Two at the same time, and a crash between COMMIT and DEL: the retry acts again.</source>
        <translation>两个并发请求；或在 COMMIT 与 DEL 之间崩溃：重试会再执行一次。</translation>
    </message>
    <message>
        <source>Only together with a unique index that catches what it lets through.</source>
        <translation>只能与唯一索引配合，由索引拦住漏网之鱼。</translation>
    </message>
    <message>
        <source>Unique index</source>
        <translation>唯一索引</translation>
    </message>
    <message>
        <source>Catch the violation</source>
        <translation>捕获冲突异常</translation>
    </message>
    <message>
        <source>INSERT under a unique index; the violation is the answer “duplicate”.</source>
        <translation>在唯一索引下 INSERT；违反约束即答复“重复”。</translation>
    </message>
    <message>
        <source>One row for each key, whatever races, crashes or comes back days later.</source>
        <translation>每个键只有一行，无论并发、崩溃，还是几天后再来。</translation>
    </message>
    <message>
        <source>A submission without a natural key. In PostgreSQL, statements after the violation in the same transaction: all fail with 25P02 until ROLLBACK.</source>
        <translation>没有业务键的提交。在 PostgreSQL 中，同一事务内冲突之后的语句都会以 25P02 失败，直到 ROLLBACK。</translation>
    </message>
    <message>
        <source>There is a natural key and the effect is in this database. The first choice.</source>
        <translation>有业务键，且结果就在这个数据库里。首选方案。</translation>
    </message>
    <message>
        <source>On conflict do nothing</source>
        <translation>冲突时不处理</translation>
    </message>
    <message>
        <source>INSERT … ON CONFLICT DO NOTHING RETURNING: no row comes back to the second one.</source>
        <translation>INSERT … ON CONFLICT DO NOTHING RETURNING：第二个请求不返回任何行。</translation>
    </message>
    <message>
        <source>One row for each key; the transaction stays usable after a conflict.</source>
        <translation>每个键只有一行；冲突之后事务仍可继续使用。</translation>
    </message>
    <message>
        <source>Reading a missing RETURNING row as an error. A conflict on some other index is silent too.</source>
        <translation>把 RETURNING 无行误当成错误。其他索引上的冲突同样会被静默忽略。</translation>
    </message>
    <message>
        <source>The insert is part of a larger transaction that must go on after a duplicate.</source>
        <translation>插入属于更大的事务，遇到重复后事务还要继续。</translation>
    </message>
    <message>
        <source>Pessimistic lock</source>
        <translation>悲观锁</translation>
    </message>
    <message>
        <source>Lock, then check</source>
        <translation>先锁后查</translation>
    </message>
    <message>
        <source>SELECT … FOR UPDATE, then check, then act: the others wait and then see that it is done.</source>
        <translation>SELECT … FOR UPDATE，再检查，再执行：其他请求等待，随后看到已完成。</translation>
    </message>
    <message>
        <source>One effect, as long as the check reads what earlier holders committed (READ COMMITTED).</source>
        <translation>只生效一次，前提是检查能读到先前持锁者已提交的内容（READ COMMITTED）。</translation>
    </message>
    <message>
        <source>A check before the lock, a snapshot older than the lock, a transaction that is open for long: everybody else waits.</source>
        <translation>加锁前就检查；快照早于加锁；事务开得太久，其他人都得等。</translation>
    </message>
    <message>
        <source>Updates of one row that collide often, where waiting is cheaper than starting over.</source>
        <translation>同一行更新冲突频繁，等待比重来便宜。</translation>
    </message>
    <message>
        <source>A row lock does not guard an INSERT: there is no row yet to lock.</source>
        <translation>行锁保护不了 INSERT：还没有可锁的行。</translation>
    </message>
    <message>
        <source>Lock only</source>
        <translation>只加锁</translation>
    </message>
    <message>
        <source>Waits politely in line, then does it again: a lock serialises, it does not remember.</source>
        <translation>乖乖排队，然后照做一遍：锁只能串行化，不会记忆。</translation>
    </message>
    <message>
        <source>No two at the same time.</source>
        <translation>不会有两个同时执行。</translation>
    </message>
    <message>
        <source>Every further submission. They queue, then all take effect.</source>
        <translation>之后的每次提交：它们排队，然后全部生效。</translation>
    </message>
    <message>
        <source>Never for idempotency. It is right for updates that do not lose each other.</source>
        <translation>不能用于幂等；用于防止更新互相覆盖则是正确的。</translation>
    </message>
    <message>
        <source>Repeatable read</source>
        <translation>可重复读</translation>
    </message>
    <message>
        <source>The snapshot is taken before the lock is granted, so the check looks at the past.</source>
        <translation>快照在获得锁之前就已建立，检查看到的是过去。</translation>
    </message>
    <message>
        <source>A submission that starts after the first one&apos;s commit is recognised.</source>
        <translation>第一个提交事务之后才开始的提交能被识别。</translation>
    </message>
    <message>
        <source>Two at the same time: the second waits for the lock and then reads its old snapshot.</source>
        <translation>两个并发请求：第二个等到锁之后，读到的仍是旧快照。</translation>
    </message>
    <message>
        <source>Never in this form. Lock in READ COMMITTED, or use SERIALIZABLE and repeat on 40001.</source>
        <translation>不要这样写。请在 READ COMMITTED 下加锁，或使用 SERIALIZABLE 并在 40001 时重试。</translation>
    </message>
    <message>
        <source>It is shown with pay-order, which inserts beside the locked row. Updating the locked row itself is refused under REPEATABLE READ (40001).</source>
        <translation>用支付订单演示：它在被锁行之外插入一行。在 REPEATABLE READ 下，更新被锁行本身会被拒绝（40001）。</translation>
    </message>
    <message>
        <source>Optimistic lock</source>
        <translation>乐观锁</translation>
    </message>
    <message>
        <source>Version from the form</source>
        <translation>版本号来自表单</translation>
    </message>
    <message>
        <source>UPDATE … WHERE version = the one that the form showed; the loser is told “conflict”.</source>
        <translation>UPDATE … WHERE version = 表单所示的版本；落败者被告知“冲突”。</translation>
    </message>
    <message>
        <source>One effect for each state that a form has shown, without holding a lock while people think.</source>
        <translation>表单展示过的每个状态只生效一次，人在思考时也不占锁。</translation>
    </message>
    <message>
        <source>A client that answers “conflict” by reading the new version and sending again.</source>
        <translation>客户端遇到“冲突”就读取新版本再发一次。</translation>
    </message>
    <message>
        <source>Updates of rows that people edit in forms, where collisions are rare.</source>
        <translation>由人在表单里编辑、冲突很少的更新。</translation>
    </message>
    <message>
        <source>A version does not guard an INSERT: there is no row yet to compare with.</source>
        <translation>版本号保护不了 INSERT：还没有可比较的行。</translation>
    </message>
    <message>
        <source>Version read by the server</source>
        <translation>版本号由服务端读取</translation>
    </message>
    <message>
        <source>The server reads the version itself: a later retry reads the new one and acts again.</source>
        <translation>服务端自己读版本：稍后的重试读到新版本，又执行一次。</translation>
    </message>
    <message>
        <source>Of those that overlap, one wins.</source>
        <translation>重叠执行的请求中只有一个成功。</translation>
    </message>
    <message>
        <source>A retry after the first one&apos;s commit, unless the status is checked too.</source>
        <translation>第一个提交事务之后的重试，除非同时检查状态。</translation>
    </message>
    <message>
        <source>Against lost updates. Not against duplicates.</source>
        <translation>用于防止更新丢失，不能防止重复。</translation>
    </message>
    <message>
        <source>State machine</source>
        <translation>状态机</translation>
    </message>
    <message>
        <source>Status guard</source>
        <translation>状态守卫</translation>
    </message>
    <message>
        <source>UPDATE … WHERE status &lt; PAID: the transition can be made once.</source>
        <translation>UPDATE … WHERE status &lt; PAID：这次状态迁移只能发生一次。</translation>
    </message>
    <message>
        <source>One transition, without a lock held while waiting and without a version to carry around.</source>
        <translation>只迁移一次；等待期间不占锁，也无需携带版本号。</translation>
    </message>
    <message>
        <source>A status that can go back. Reading “0 rows updated” as “duplicate” without looking.</source>
        <translation>状态可以回退；不看清楚就把“更新 0 行”当作“重复”。</translation>
    </message>
    <message>
        <source>The thing has a life of its own (created, paid, sent) and the operation is a step in it.</source>
        <translation>对象有自己的生命周期（已创建、已支付、已发货），操作是其中一步。</translation>
    </message>
    <message>
        <source>A status does not guard an INSERT: the row has no status before it exists.</source>
        <translation>状态保护不了 INSERT：行还不存在，也就没有状态。</translation>
    </message>
    <message>
        <source>A stock count has no status that only grows.</source>
        <translation>库存数量没有只增不减的状态。</translation>
    </message>
    <message>
        <source>Distributed lock</source>
        <translation>分布式锁</translation>
    </message>
    <message>
        <source>Redis, with a lease</source>
        <translation>Redis，带租期</translation>
    </message>
    <message>
        <source>SET NX PX, check, act, release if still the owner.</source>
        <translation>SET NX PX，检查，执行，仍是持有者才释放。</translation>
    </message>
    <message>
        <source>One at a time among all instances, while the holder is quicker than its lease.</source>
        <translation>只要持有者快于租期，所有实例中同时只有一个在执行。</translation>
    </message>
    <message>
        <source>A lease shorter than the work: a second one gets in, checks before the first commits, and acts.</source>
        <translation>租期短于处理时间：第二个进来，在第一个提交之前检查，然后执行。</translation>
    </message>
    <message>
        <source>The effect is outside the database (a message, a call). Add a fence or a unique index.</source>
        <translation>结果在数据库之外（发消息、调接口）。请再加围栏令牌或唯一索引。</translation>
    </message>
    <message>
        <source>Redis, no expiry</source>
        <translation>Redis，无过期</translation>
    </message>
    <message>
        <source>SET NX without a lease: a crash while holding blocks the intent for ever.</source>
        <translation>SET NX 不设租期：持锁时崩溃，该意图永远被卡住。</translation>
    </message>
    <message>
        <source>One at a time, however long it takes.</source>
        <translation>无论多久，同时只有一个在执行。</translation>
    </message>
    <message>
        <source>A crash inside: everybody is told “busy” until a person deletes the key.</source>
        <translation>持锁期间崩溃：所有人都被告知“忙”，直到有人手工删键。</translation>
    </message>
    <message>
        <source>Never.</source>
        <translation>不要用。</translation>
    </message>
    <message>
        <source>Redis, blind release</source>
        <translation>Redis，盲目释放</translation>
    </message>
    <message>
        <source>Deletes the lock at the end without looking whose it is by then.</source>
        <translation>最后直接删锁，不看此时锁归谁。</translation>
    </message>
    <message>
        <source>The same as with a lease, until the first lease runs out.</source>
        <translation>在第一次租期耗尽之前，与带租期的写法相同。</translation>
    </message>
    <message>
        <source>After an expiry it deletes its successor&apos;s lock and lets a third one in.</source>
        <translation>过期之后会删掉后来者的锁，放进第三个。</translation>
    </message>
    <message>
        <source>Never: an owner-checked release costs the same round trip.</source>
        <translation>不要用：校验持有者再释放，同样只需一次往返。</translation>
    </message>
    <message>
        <source>Redis, no check</source>
        <translation>Redis，不检查</translation>
    </message>
    <message>
        <source>Locks and acts: a lock serialises, it does not remember.</source>
        <translation>加锁就执行：锁只能串行化，不会记忆。</translation>
    </message>
    <message>
        <source>Of those that overlap, one acts; the others are told “busy”.</source>
        <translation>重叠的请求中只有一个执行，其余被告知“忙”。</translation>
    </message>
    <message>
        <source>Every submission that comes after the release.</source>
        <translation>释放之后到来的每次提交。</translation>
    </message>
    <message>
        <source>Never for idempotency.</source>
        <translation>不能用于幂等。</translation>
    </message>
    <message>
        <source>Local lock</source>
        <translation>本地锁</translation>
    </message>
    <message>
        <source>In the process</source>
        <translation>进程内</translation>
    </message>
    <message>
        <source>A mutex around check and act: once with one instance, a race with two.</source>
        <translation>用互斥量包住检查与执行：单实例时只生效一次，两个实例就会竞争。</translation>
    </message>
    <message>
        <source>One at a time within one process.</source>
        <translation>同一进程内同时只有一个在执行。</translation>
    </message>
    <message>
        <source>A second instance: deploy it and duplicates are back, without a line of code changed.</source>
        <translation>第二个实例：一部署，重复就回来了，代码一行没改。</translation>
    </message>
    <message>
        <source>A tool that will only ever run as one process.</source>
        <translation>永远只以单进程运行的工具。</translation>
    </message>
</context>
<context>
    <name>CodeView</name>
    <message>
        <source>Code of the strategy</source>
        <translation>策略代码</translation>
    </message>
    <message>
        <source>The file from which the chosen variant runs</source>
        <translation>所选写法实际运行的源文件</translation>
    </message>
    <message>
        <source>The code of the chosen variant appears here.</source>
        <translation>所选写法的代码显示在这里。</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Not there yet. Every strategy will run the same load here, beside the unprotected baseline: what it let through, and what it cost.</source>
        <translation>尚未完成。这里将让每个策略在同样的负载下与无防护基线并排运行：放过了什么，代价是多少。</translation>
    </message>
</context>
<context>
    <name>Counters</name>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Effects, read back from the database</source>
        <translation>从数据库读回的结果</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Submissions that left for the backend</source>
        <translation>已发往后端的提交</translation>
    </message>
    <message>
        <source>held back</source>
        <translation>被拦下</translation>
    </message>
    <message>
        <source>Clicks that the disabled button swallowed</source>
        <translation>被禁用按钮吞掉的点击</translation>
    </message>
    <message>
        <source>in flight</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>Submissions without an answer yet</source>
        <translation>尚无答复的提交</translation>
    </message>
    <message>
        <source>Callers who were told this</source>
        <translation>得到这一答复的调用方</translation>
    </message>
    <message>
        <source>p50 ms</source>
        <translation>p50 毫秒</translation>
    </message>
    <message>
        <source>Half of the answers came within this time</source>
        <translation>一半答复在此时间内到达</translation>
    </message>
    <message>
        <source>p99 ms</source>
        <translation>p99 毫秒</translation>
    </message>
    <message>
        <source>99 of 100 answers came within this time</source>
        <translation>百分之九十九的答复在此时间内到达</translation>
    </message>
</context>
<context>
    <name>EngineStrip</name>
    <message>
        <source>Engines</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Starting the engines…</source>
        <translation>正在启动引擎…</translation>
    </message>
</context>
<context>
    <name>EventsModel</name>
    <message>
        <source>#</source>
        <translation>#</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>谁</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>答复</translation>
    </message>
</context>
<context>
    <name>ExplorationBanner</name>
    <message>
        <source>Finding</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Nothing explored yet</source>
        <translation>尚未探索</translation>
    </message>
    <message>
        <source>Every order in which duplicates can run, on real engines.</source>
        <translation>在真实引擎上，把重复请求的每一种执行顺序都跑一遍。</translation>
    </message>
    <message>
        <source>Choose a strategy at the left and press Explore.</source>
        <translation>在左侧选一种策略，然后按“探索”。</translation>
    </message>
    <message>
        <source>Exploring…</source>
        <translation>正在探索…</translation>
    </message>
    <message>
        <source>Running every order, one after the other.</source>
        <translation>正在逐一执行每一种顺序。</translation>
    </message>
    <message>
        <source>Could not explore</source>
        <translation>无法探索</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>未完成</translation>
    </message>
</context>
<context>
    <name>Explore</name>
    <message>
        <source>caller</source>
        <translation>调用方</translation>
    </message>
    <message>
        <source>Not finished: no order was explored.</source>
        <translation>未完成：一种顺序也没有探索。</translation>
    </message>
    <message>
        <source>Proven: %1.</source>
        <translation>已证明：%1。</translation>
    </message>
    <message>
        <source>Not finished, %1 orders explored: %2.</source>
        <translation>未完成，已探索 %1 种顺序：%2。</translation>
    </message>
    <message>
        <source>in each of %1 orders %2</source>
        <translation>全部 %1 种顺序中，%2</translation>
    </message>
    <message>
        <source>in %1 of %2 orders %3</source>
        <translation>%2 种顺序中有 %1 种，%3</translation>
    </message>
    <message>
        <source>in %1 %2</source>
        <translation>%1 种，%2</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>it takes effect exactly once</source>
        <translation>恰好生效一次</translation>
    </message>
    <message>
        <source>it takes effect more than once</source>
        <translation>生效多于一次</translation>
    </message>
    <message>
        <source>it is lost, although a caller was told that it is done</source>
        <translation>丢失了，尽管已告知调用方完成</translation>
    </message>
    <message>
        <source>it is stuck until somebody repairs it</source>
        <translation>卡死，直到有人修复</translation>
    </message>
    <message>
        <source>it takes no effect, and every caller knows it</source>
        <translation>没有生效，且每个调用方都知道</translation>
    </message>
    <message>
        <source>process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>crashes; its connections drop</source>
        <translation>崩溃，连接断开</translation>
    </message>
    <message>
        <source>the lease runs out</source>
        <translation>租约到期</translation>
    </message>
    <message>
        <source>waits…</source>
        <translation>等待…</translation>
    </message>
    <message>
        <source>waits for another request; its answer comes later</source>
        <translation>等待另一个请求，答复稍后到达</translation>
    </message>
</context>
<context>
    <name>ExplorePage</name>
    <message>
        <source>Ex&amp;plore</source>
        <translation>探索(&amp;P)</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Run every order in which the requests can run, on real engines</source>
        <translation>在真实引擎上执行这些请求的每一种顺序</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>取消(&amp;N)</translation>
    </message>
    <message>
        <source>Cancel the exploration</source>
        <translation>取消探索</translation>
    </message>
    <message>
        <source>Stop, and keep what was found so far</source>
        <translation>停止，并保留目前的发现</translation>
    </message>
</context>
<context>
    <name>Explorer</name>
    <message>
        <source>Something unexpected happened (%1).</source>
        <translation>发生了意外情况（%1）。</translation>
    </message>
</context>
<context>
    <name>IntentForm</name>
    <message>
        <source>The form</source>
        <translation>表单</translation>
    </message>
    <message>
        <source>&amp;Operation</source>
        <translation>操作(&amp;O)</translation>
    </message>
    <message>
        <source>The business operation of the intent</source>
        <translation>该意图的业务操作</translation>
    </message>
    <message>
        <source>Ne&amp;w</source>
        <translation>新建(&amp;W)</translation>
    </message>
    <message>
        <source>New intent</source>
        <translation>新意图</translation>
    </message>
    <message>
        <source>A fresh number: the user wants something else (%1)</source>
        <translation>换一个新编号：用户想要另一件事（%1）</translation>
    </message>
    <message>
        <source>Order &amp;no.</source>
        <translation>订单号(&amp;N)</translation>
    </message>
    <message>
        <source>What makes two submissions the same intent</source>
        <translation>凭它判断两次提交是否为同一意图</translation>
    </message>
    <message>
        <source>book</source>
        <translation>图书</translation>
    </message>
    <message>
        <source>&amp;Item</source>
        <translation>商品(&amp;I)</translation>
    </message>
    <message>
        <source>What is ordered</source>
        <translation>订购的商品</translation>
    </message>
    <message>
        <source>Sub&amp;mit</source>
        <translation>提交(&amp;M)</translation>
    </message>
    <message>
        <source>Submit</source>
        <translation>提交</translation>
    </message>
    <message>
        <source>One click, one submission (%1)</source>
        <translation>点击一次，提交一次（%1）</translation>
    </message>
    <message>
        <source>S&amp;pam</source>
        <translation>连点(&amp;P)</translation>
    </message>
    <message>
        <source>Spam</source>
        <translation>连点</translation>
    </message>
    <message>
        <source>Submit the same intent as often as the number says (%1)</source>
        <translation>按所填次数重复提交同一意图（%1）</translation>
    </message>
    <message>
        <source>Number of clicks</source>
        <translation>点击次数</translation>
    </message>
    <message>
        <source>How often Spam submits the intent</source>
        <translation>连点时提交多少次</translation>
    </message>
    <message>
        <source>&amp;Disable while in flight</source>
        <translation>处理中禁用按钮(&amp;D)</translation>
    </message>
    <message>
        <source>The page disables its button from a click until the answer; clicks meanwhile are held back</source>
        <translation>页面从点击到收到答复期间禁用按钮，其间的点击会被拦下</translation>
    </message>
    <message>
        <source>Rese&amp;t</source>
        <translation>重置(&amp;T)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop sending; what was sent is awaited (%1)</source>
        <translation>停止发送；已发出的仍等待答复（%1）</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Empty the tables and the keys (%1)</source>
        <translation>清空数据表和键（%1）</translation>
    </message>
    <message>
        <source>Answers received in this run</source>
        <translation>本次运行已收到的答复</translation>
    </message>
    <message>
        <source>The number must have 1 to 64 printable characters.</source>
        <translation>编号须为 1 到 64 个可打印字符。</translation>
    </message>
    <message>
        <source>The item must have 1 to 64 printable characters.</source>
        <translation>商品须为 1 到 64 个可打印字符。</translation>
    </message>
    <message>
        <source>Request &amp;no.</source>
        <translation>请求号(&amp;N)</translation>
    </message>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>What is paid</source>
        <translation>支付金额</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Pieces that are added</source>
        <translation>增加的件数</translation>
    </message>
    <message>
        <source>Pieces that are ordered</source>
        <translation>订购的件数</translation>
    </message>
</context>
<context>
    <name>LabBridge</name>
    <message>
        <source>The lab is not running.</source>
        <translation>实验环境未运行。</translation>
    </message>
    <message>
        <source>Something unexpected happened (%1).</source>
        <translation>发生了意外情况（%1）。</translation>
    </message>
</context>
<context>
    <name>LabPage</name>
    <message>
        <source>The button is disabled until the answer arrives.</source>
        <translation>收到答复之前按钮不可用。</translation>
    </message>
    <message>
        <source>The page has its answer; a new intent enables the button again.</source>
        <translation>页面已得到答复；新建意图后按钮重新可用。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>&amp;Lab</source>
        <translation>实验(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>对比(&amp;C)</translation>
    </message>
    <message>
        <source>E&amp;xplore</source>
        <translation>探索(&amp;X)</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Submit</source>
        <translation>提交(&amp;S)</translation>
    </message>
    <message>
        <source>S&amp;pam</source>
        <translation>连点(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;New intent</source>
        <translation>新意图(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>重置(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About Submit Twice</source>
        <translation>关于 Submit Twice(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>The language changes when the window is opened next.</source>
        <translation>下次打开窗口时切换语言。</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>About Submit Twice</source>
        <translation>关于 Submit Twice</translation>
    </message>
    <message>
        <source>Submit Twice %1. See and measure what happens when the same request arrives twice, on real servers.</source>
        <translation>Submit Twice %1。在真实服务器上观察并度量同一请求到达两次时会发生什么。</translation>
    </message>
    <message>
        <source>The engines are not running.</source>
        <translation>引擎未运行。</translation>
    </message>
    <message>
        <source>Starting the engines…</source>
        <translation>正在启动引擎…</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Retr&amp;y</source>
        <translation>重试(&amp;Y)</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Start the engines again</source>
        <translation>重新启动引擎</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Hide the message</source>
        <translation>隐藏这条消息</translation>
    </message>
</context>
<context>
    <name>OutcomesModel</name>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Schedules</source>
        <translation>调度</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
</context>
<context>
    <name>ProgressPanel</name>
    <message>
        <source>So far</source>
        <translation>目前</translation>
    </message>
    <message>
        <source>Schedules</source>
        <translation>调度</translation>
    </message>
    <message>
        <source>Per second</source>
        <translation>每秒</translation>
    </message>
</context>
<context>
    <name>QuestionPanel</name>
    <message>
        <source>What to explore</source>
        <translation>探索什么</translation>
    </message>
    <message>
        <source>&amp;Operation</source>
        <translation>操作(&amp;O)</translation>
    </message>
    <message>
        <source>The business operation of the intent</source>
        <translation>该意图的业务操作</translation>
    </message>
    <message>
        <source>&amp;Strategy</source>
        <translation>策略(&amp;S)</translation>
    </message>
    <message>
        <source>How the backend makes the operation idempotent</source>
        <translation>后端用什么办法保证操作幂等</translation>
    </message>
    <message>
        <source>V&amp;ariant</source>
        <translation>写法(&amp;A)</translation>
    </message>
    <message>
        <source>One way to write the strategy, sound or broken</source>
        <translation>该策略的一种写法，可能正确，也可能有缺陷</translation>
    </message>
    <message>
        <source>What may happen</source>
        <translation>可能发生什么</translation>
    </message>
    <message>
        <source>Re&amp;quests</source>
        <translation>请求(&amp;Q)</translation>
    </message>
    <message>
        <source>How many submissions of the same intent run at once</source>
        <translation>同一意图同时有多少次提交</translation>
    </message>
    <message>
        <source>Crash&amp;es</source>
        <translation>崩溃(&amp;E)</translation>
    </message>
    <message>
        <source>Most crashes in an order; each is followed by a retry</source>
        <translation>一种顺序中最多的崩溃次数；每次崩溃之后都会重试</translation>
    </message>
    <message>
        <source>Exp&amp;iries</source>
        <translation>到期(&amp;I)</translation>
    </message>
    <message>
        <source>Most times that a lease runs out while it is held</source>
        <translation>租约在持有期间最多到期的次数</translation>
    </message>
    <message>
        <source>%1 (broken)</source>
        <translation>%1（有缺陷）</translation>
    </message>
</context>
<context>
    <name>RepliesModel</name>
    <message>
        <source>Submission</source>
        <translation>提交</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>答复</translation>
    </message>
    <message>
        <source>HTTP</source>
        <translation>HTTP</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>held back</source>
        <translation>被拦下</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>Rows in the database</source>
        <translation>数据库中的行</translation>
    </message>
    <message>
        <source>Rows appear here as the database has them. Press Submit, or Spam, to make some.</source>
        <translation>数据库里有什么行，这里就显示什么。按“提交”或“连点”试试。</translation>
    </message>
    <message>
        <source>Answers to the callers</source>
        <translation>给调用方的答复</translation>
    </message>
    <message>
        <source>What each caller was told appears here, also where no row came of it.</source>
        <translation>每个调用方得到的答复显示在这里，没有产生行的也在内。</translation>
    </message>
    <message>
        <source>Rows and answers</source>
        <translation>行与答复</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>答复</translation>
    </message>
    <message>
        <source>Steps of the selected submission</source>
        <translation>所选提交的步骤</translation>
    </message>
    <message>
        <source>Select a row or an answer to see every command that its submission sent to an engine.</source>
        <translation>选中一行或一个答复，即可看到该次提交发给各引擎的每条命令。</translation>
    </message>
    <message>
        <source>Explanation of the strategy</source>
        <translation>策略说明</translation>
    </message>
    <message>
        <source>Steps, code and explanation</source>
        <translation>步骤、代码与说明</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原理</translation>
    </message>
    <message>
        <source>The selected step in full</source>
        <translation>所选步骤全文</translation>
    </message>
    <message>
        <source>The selected step in full, with its parameters and its answer.</source>
        <translation>所选步骤的全文，含参数和结果。</translation>
    </message>
    <message>
        <source>No submission selected</source>
        <translation>未选中提交</translation>
    </message>
    <message>
        <source>Submission %1</source>
        <translation>提交 %1</translation>
    </message>
    <message>
        <source>What it guarantees</source>
        <translation>保证什么</translation>
    </message>
    <message>
        <source>What breaks it</source>
        <translation>何时失效</translation>
    </message>
    <message>
        <source>Choose it when</source>
        <translation>何时选用</translation>
    </message>
</context>
<context>
    <name>RowsModel</name>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>For</source>
        <translation>意图</translation>
    </message>
    <message>
        <source>Item</source>
        <translation>商品</translation>
    </message>
    <message>
        <source>Qty</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>At</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>By</source>
        <translation>提交</translation>
    </message>
    <message>
        <source>first</source>
        <translation>首次</translation>
    </message>
    <message>
        <source>duplicate, %1</source>
        <translation>重复，%1</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>实有 %n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 so far</source>
        <translation>%1，目前%2</translation>
    </message>
    <message>
        <source>%1, %2: %3</source>
        <translation>%1，%2：%3</translation>
    </message>
    <message numerus="yes">
        <source>%n order(s) wanted</source>
        <translation>
            <numerusform>想要 %n 个订单</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n payment(s) wanted</source>
        <translation>
            <numerusform>想要 %n 笔支付</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stock change(s) wanted</source>
        <translation>
            <numerusform>想要 %n 次库存变更</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n intent(s)</source>
        <translation>
            <numerusform>%n 个意图</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duplicate(s)</source>
        <translation>
            <numerusform>%n 行重复</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lost, though a caller was told it is done</source>
        <translation>
            <numerusform>%n 个丢失，却有调用方被告知已完成</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stuck, nobody can complete it</source>
        <translation>
            <numerusform>%n 个卡死，谁也无法完成</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, and every caller knows it</source>
        <translation>
            <numerusform>%n 个未决，且每个调用方都知道</numerusform>
        </translation>
    </message>
    <message>
        <source>each exactly once</source>
        <translation>每个恰好一次</translation>
    </message>
    <message>
        <source>exactly once</source>
        <translation>恰好一次</translation>
    </message>
</context>
<context>
    <name>SequenceView</name>
    <message>
        <source>Sequence diagram of the counterexample; the arrow keys step through it</source>
        <translation>反例的时序图，用方向键逐步查看</translation>
    </message>
</context>
<context>
    <name>SourcePanel</name>
    <message>
        <source>What arrives twice</source>
        <translation>重复从何而来</translation>
    </message>
    <message>
        <source>This source is not there yet.</source>
        <translation>这种来源尚未实现。</translation>
    </message>
    <message>
        <source>So&amp;urce</source>
        <translation>来源(&amp;U)</translation>
    </message>
    <message>
        <source>Where the second submission comes from</source>
        <translation>第二次提交从哪里来</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Interval</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>Milliseconds between two submissions</source>
        <translation>两次提交之间的毫秒数</translation>
    </message>
    <message>
        <source>How the submissions of Spam leave</source>
        <translation>连点的提交以什么节奏发出</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>节奏</translation>
    </message>
    <message>
        <source>Processin&amp;g</source>
        <translation>处理耗时(&amp;G)</translation>
    </message>
    <message>
        <source>Work of the handler between what it reads and what it writes: it widens every gap</source>
        <translation>处理程序从读到写之间的耗时：它会放大每一个窗口</translation>
    </message>
    <message>
        <source>Lease</source>
        <translation>租期</translation>
    </message>
    <message>
        <source>Life of a lock; shorter than the processing, it expires meanwhile</source>
        <translation>锁的有效期；短于处理耗时就会中途过期</translation>
    </message>
    <message>
        <source>Time-out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>How long a caller waits for its answer</source>
        <translation>调用方等待答复的时间</translation>
    </message>
</context>
<context>
    <name>StepsModel</name>
    <message>
        <source>At, ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>结果</translation>
    </message>
</context>
<context>
    <name>Story</name>
    <message>
        <source>Verdicts of all orders</source>
        <translation>所有顺序的结论</translation>
    </message>
    <message>
        <source>How many orders come to which verdict appears here while they run.</source>
        <translation>执行时，这里显示多少种顺序得出哪种结论。</translation>
    </message>
    <message>
        <source>Events of the counterexample</source>
        <translation>反例的事件</translation>
    </message>
    <message>
        <source>The events of the counterexample appear here as a list, too.</source>
        <translation>反例的事件也会以列表显示在这里。</translation>
    </message>
    <message>
        <source>The current event in full</source>
        <translation>当前事件的全文</translation>
    </message>
    <message>
        <source>The current event in full, with its command and its answer.</source>
        <translation>当前事件的全文，包括命令和答复。</translation>
    </message>
    <message>
        <source>Counterexample</source>
        <translation>反例</translation>
    </message>
    <message>
        <source>The shortest way to the worst verdict appears here as a sequence diagram: who sent what to which engine, and in which order. Press Explore; then step through it with the arrow keys.</source>
        <translation>得出最坏结论的最短过程会以时序图显示在这里：谁向哪个引擎发送了什么，先后如何。按“探索”，然后用方向键逐步查看。</translation>
    </message>
    <message>
        <source>No counterexample: in every order it takes effect exactly once.</source>
        <translation>没有反例：每一种顺序都恰好生效一次。</translation>
    </message>
    <message>
        <source>No counterexample so far; not every order was explored.</source>
        <translation>目前没有反例；并未探索全部顺序。</translation>
    </message>
    <message>
        <source>Counterexample: %1, context switches: %2</source>
        <translation>反例：%1，上下文切换：%2</translation>
    </message>
</context>
<context>
    <name>VerdictBanner</name>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Nothing submitted yet</source>
        <translation>尚未提交</translation>
    </message>
    <message>
        <source>Submit once. Then submit twice.</source>
        <translation>先提交一次，再提交一次。</translation>
    </message>
    <message>
        <source>Running…</source>
        <translation>运行中…</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Place an order (INSERT)</source>
        <translation>下单（INSERT）</translation>
    </message>
    <message>
        <source>Pay an order (UPDATE)</source>
        <translation>支付订单（UPDATE）</translation>
    </message>
    <message>
        <source>Add stock (UPDATE)</source>
        <translation>增加库存（UPDATE）</translation>
    </message>
    <message>
        <source>exactly once</source>
        <translation>恰好一次</translation>
    </message>
    <message>
        <source>duplicated</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>丢失</translation>
    </message>
    <message>
        <source>stuck</source>
        <translation>卡死</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>未决</translation>
    </message>
    <message>
        <source>created</source>
        <translation>已创建</translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>replayed</source>
        <translation>已重放</translation>
    </message>
    <message>
        <source>busy</source>
        <translation>忙</translation>
    </message>
    <message>
        <source>conflict</source>
        <translation>冲突</translation>
    </message>
    <message>
        <source>error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>time-out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>up</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>down</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>未安装</translation>
    </message>
    <message>
        <source>Impatient clicks</source>
        <translation>用户连续点击</translation>
    </message>
    <message>
        <source>Retry after a time-out</source>
        <translation>超时后重试</translation>
    </message>
    <message>
        <source>Redelivery by a queue</source>
        <translation>消息队列重投</translation>
    </message>
    <message>
        <source>All at once</source>
        <translation>同时发出</translation>
    </message>
    <message>
        <source>Every n milliseconds</source>
        <translation>每隔 n 毫秒</translation>
    </message>
    <message>
        <source>One after another</source>
        <translation>逐个发出</translation>
    </message>
    <message>
        <source>%1th</source>
        <translation>第 %1 次</translation>
    </message>
    <message>
        <source>%1st</source>
        <translation>第 %1 次</translation>
    </message>
    <message>
        <source>%1nd</source>
        <translation>第 %1 次</translation>
    </message>
    <message>
        <source>%1rd</source>
        <translation>第 %1 次</translation>
    </message>
</context>
</TS>
