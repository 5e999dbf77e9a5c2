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
        <translation>变体(&amp;A)</translation>
    </message>
    <message>
        <source>One way to write the strategy, safe under concurrency or broken by design</source>
        <translation>策略的一种变体：并发下安全，或设计上就有缺陷</translation>
    </message>
    <message>
        <source>Where the effects are stored</source>
        <translation>效果存放在哪里</translation>
    </message>
    <message>
        <source>&amp;Database</source>
        <translation>数据库(&amp;D)</translation>
    </message>
    <message>
        <source>Persistence</source>
        <translation>持久化</translation>
    </message>
    <message>
        <source>Persistence of the private Redis-protocol server: what it writes to disk, and so what it keeps</source>
        <translation>自带的 Redis 协议服务器的持久化方式：写什么到磁盘，也就决定了保留什么</translation>
    </message>
    <message>
        <source>Redis topolog&amp;y</source>
        <translation>Redis 拓扑(&amp;Y)</translation>
    </message>
    <message>
        <source>Which servers hold tokens, locks and messages, and whether another one takes over</source>
        <translation>哪些服务器保存令牌、锁和消息，以及是否有别的服务器接替</translation>
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
        <source>Redis servers</source>
        <translation>Redis 服务器</translation>
    </message>
    <message>
        <source>safe under concurrency</source>
        <translation>并发下安全</translation>
    </message>
    <message>
        <source>this run: %1</source>
        <translation>本次运行：%1</translation>
    </message>
    <message>
        <source>broken by design</source>
        <translation>设计上有缺陷</translation>
    </message>
</context>
<context>
    <name>BackgroundJob</name>
    <message>
        <source>Something unexpected happened (%1).</source>
        <translation>发生了意外情况（%1）。</translation>
    </message>
</context>
<context>
    <name>Balloon</name>
    <message>
        <source>No more</source>
        <translation>不再显示</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>End the tour</source>
        <translation>结束导览</translation>
    </message>
    <message>
        <source>It does not come back; the Help menu has it</source>
        <translation>导览不会再自动出现；可在“帮助”菜单中打开</translation>
    </message>
    <message>
        <source>Next (%1 of %2)</source>
        <translation>下一步（%1/%2）</translation>
    </message>
</context>
<context>
    <name>BriefCounters</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>实有 %n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n submission(s)</source>
        <translation>
            <numerusform>%n 个提交</numerusform>
        </translation>
    </message>
    <message>
        <source>p50 %1 ms</source>
        <translation>p50 %1 毫秒</translation>
    </message>
    <message>
        <source>p99 %1 ms</source>
        <translation>p99 %1 毫秒</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Two clicks on one form, one unprotected INSERT: two rows with the same order number.</source>
        <translation>一个表单点两次，一个无保护的 INSERT：两行订单号相同。</translation>
    </message>
    <message>
        <source>Whoever can click once can click twice.</source>
        <translation>能点一次，就能点两次。</translation>
    </message>
    <message>
        <source>The page holds clicks back, but its HTTP client gives up waiting and sends again while the first request is still at work. Both insert.</source>
        <translation>页面拦住了点击，但它的 HTTP 客户端等不及，在第一个请求还在执行时又发了一次。两次都插入了。</translation>
    </message>
    <message>
        <source>A disabled button protects against fingers, not against time-outs.</source>
        <translation>禁用按钮防的是手指，防不了超时。</translation>
    </message>
    <message>
        <source>Token race</source>
        <translation>令牌竞争</translation>
    </message>
    <message>
        <source>Both submissions GET the token before either DELetes it. Look at the first two steps of each.</source>
        <translation>两个提交都在对方 DEL 之前 GET 到令牌。看各自的前两步。</translation>
    </message>
    <message>
        <source>Look and take must be one command.</source>
        <translation>查看和取走必须是一条命令。</translation>
    </message>
    <message>
        <source>The instance dies right after DEL: the token is gone, the order was never written. The retry is told “duplicate”, and there is no row.</source>
        <translation>实例在 DEL 之后立即死亡：令牌没了，订单没写。重试被告知“重复”，而表里没有行。</translation>
    </message>
    <message>
        <source>A token taken outside of the transaction remembers a promise, not a deed.</source>
        <translation>在事务之外取走的令牌，记住的是承诺，不是结果。</translation>
    </message>
    <message>
        <source>Token after a reload</source>
        <translation>刷新后的令牌</translation>
    </message>
    <message>
        <source>The user reloads the page, gets a new token and submits the same order again. For the backend this is something new.</source>
        <translation>用户刷新页面，拿到新令牌，又提交同一订单。对后端来说这是新的。</translation>
    </message>
    <message>
        <source>A token names a form, not an order.</source>
        <translation>令牌标识的是表单，不是订单。</translation>
    </message>
    <message>
        <source>A lock that expires</source>
        <translation>会到期的锁</translation>
    </message>
    <message>
        <source>The lease is shorter than the work. When it runs out the retry gets the lock, finds no order yet, and both write.</source>
        <translation>租约比工作短。到期后重试拿到锁，还看不到订单，于是两者都写了。</translation>
    </message>
    <message>
        <source>A lease is a guess about time; only the resource itself can refuse a late writer.</source>
        <translation>租约只是对时间的猜测；只有资源自己才能拒绝迟到的写入。</translation>
    </message>
    <message>
        <source>A blind release</source>
        <translation>盲目释放</translation>
    </message>
    <message>
        <source>Release only what you still own: compare and delete in one command.</source>
        <translation>只释放仍属于你的锁：比较和删除要在一条命令里。</translation>
    </message>
    <message>
        <source>A lock that never expires</source>
        <translation>永不过期的锁</translation>
    </message>
    <message>
        <source>The instance dies while it holds the lock. Every retry is told “busy”, for ever.</source>
        <translation>实例持锁时死亡。之后每次重试都被告知“忙”，永远如此。</translation>
    </message>
    <message>
        <source>A lock without an end outlives its holder.</source>
        <translation>没有期限的锁比持有者活得久。</translation>
    </message>
    <message>
        <source>A local lock on two instances</source>
        <translation>两个实例上的本地锁</translation>
    </message>
    <message>
        <source>A mutex ends where its process ends.</source>
        <translation>互斥量的边界就是进程的边界。</translation>
    </message>
    <message>
        <source>Lock only: a queue of payments</source>
        <translation>只加锁：支付排队</translation>
    </message>
    <message>
        <source>SELECT … FOR UPDATE makes five payments wait for each other. Then each of them pays.</source>
        <translation>SELECT … FOR UPDATE 让五笔支付互相等待，然后每一笔都支付了。</translation>
    </message>
    <message>
        <source>A lock serialises; it does not remember.</source>
        <translation>锁让执行排队，但不会记忆。</translation>
    </message>
    <message>
        <source>A snapshot older than the lock</source>
        <translation>快照早于锁</translation>
    </message>
    <message>
        <source>Under REPEATABLE READ the second transaction sees the database as it was before it waited. It gets the lock, looks, and does not see the payment that the first one made.</source>
        <translation>在 REPEATABLE READ 下，第二个事务看到的是等待之前的数据库。它拿到锁，查看，却看不到第一个事务的支付。</translation>
    </message>
    <message>
        <source>What you read after a lock is only as new as your snapshot.</source>
        <translation>拿到锁之后读到的内容，只和你的快照一样新。</translation>
    </message>
    <message>
        <source>A message redelivered</source>
        <translation>消息重投</translation>
    </message>
    <message>
        <source>The consumer dies after the INSERT and before XACK. Another one claims the message: the second delivery inserts again. Its XPENDING step shows the count.</source>
        <translation>消费者在 INSERT 之后、XACK 之前死亡。另一个认领了消息：第二次投递又插入一次。它的 XPENDING 步骤显示投递次数。</translation>
    </message>
    <message>
        <source>At least once means: sometimes twice.</source>
        <translation>“至少一次”的意思是：有时两次。</translation>
    </message>
    <message>
        <source>The same message, under a unique index</source>
        <translation>同一消息，有唯一索引</translation>
    </message>
    <message>
        <source>The second delivery runs into the index, is told “duplicate”, and acknowledges.</source>
        <translation>第二次投递撞上索引，被告知“重复”，然后确认消息。</translation>
    </message>
    <message>
        <source>Exactly once is at least once, and an effect that can be recognised.</source>
        <translation>恰好一次 = 至少一次 + 可识别的效果。</translation>
    </message>
    <message>
        <source>Reply lost after the commit</source>
        <translation>提交之后丢失回复</translation>
    </message>
    <message>
        <source>The row is there, the answer is not. To the caller this looks like a failure, so it sends again.</source>
        <translation>行已在，答复没到。对调用方来说这就像失败，于是又发一次。</translation>
    </message>
    <message>
        <source>No answer does not mean not done.</source>
        <translation>没有答复不等于没有做。</translation>
    </message>
    <message>
        <source>The same, with an Idempotency-Key</source>
        <translation>同样的情况，带 Idempotency-Key</translation>
    </message>
    <message>
        <source>The first answer is lost. The retry carries the same key and gets the stored answer, status and body, marked Idempotent-Replayed.</source>
        <translation>第一次的答复丢了。重试带同一个键，得到保存的状态码和正文，并标有 Idempotent-Replayed。</translation>
    </message>
    <message>
        <source>Remember the answer with the effect, in one transaction.</source>
        <translation>把答复和效果记在同一个事务里。</translation>
    </message>
    <message>
        <source>A key in flight</source>
        <translation>执行中的键</translation>
    </message>
    <message>
        <source>The second click comes while the first one is at work: 409, in flight. Once it is done, the answer would be replayed.</source>
        <translation>第二次点击到来时第一次还在执行：409，执行中。做完之后则会重放答复。</translation>
    </message>
    <message>
        <source>An in-flight record needs a lease, or a crash blocks its key for ever.</source>
        <translation>执行中的记录需要租约，否则一次崩溃会永远堵住这个键。</translation>
    </message>
    <message>
        <source>A key reused with another body</source>
        <translation>同一个键，不同的内容</translation>
    </message>
    <message>
        <source>The user goes back, orders two instead of one, and submits the same form again: the same key, another body. Nothing is replayed and nothing is written; 422 says why.</source>
        <translation>用户退回去，把一件改成两件，再次提交同一个表单：同一个键，不同的内容。什么都没有重放，什么都没有写入；422 说明了原因。</translation>
    </message>
    <message>
        <source>A key stands for one request; compare what came with it, or the second intent is answered with the first one&apos;s result.</source>
        <translation>一个键只代表一个请求；要比对随它而来的内容，否则第二个意图得到的是第一个的结果。</translation>
    </message>
    <message>
        <source>The first holder stalls until its lease is over. The retry gets the lock with number 2 and writes. When the first one wakes up, its number 1 is refused: its steps end with the response “conflict”, which its caller no longer hears, having given up long before.</source>
        <translation>第一个持有者一直卡到租约结束。重试拿到编号为 2 的锁并写入。第一个醒来时，它的编号 1 被拒绝：它的步骤以响应“冲突”结束，而它的调用方早已放弃，再也听不到。</translation>
    </message>
    <message>
        <source>Gateway and crash</source>
        <translation>网关与崩溃</translation>
    </message>
    <message>
        <source>The same, with a key that the gateway honours</source>
        <translation>同样的情形，带网关认的键</translation>
    </message>
    <message>
        <source>Work longer than the visibility time-out</source>
        <translation>处理时间超过可见性超时</translation>
    </message>
    <message>
        <source>Nobody dies. After 900 ms the queue gives the message to another consumer, while the first is still at work: DELIVER 2 stands before XACK of the first.</source>
        <translation>没有任何进程退出。900 毫秒后，队列把消息交给另一个消费者，而第一个仍在处理：DELIVER 2 出现在第一次投递的 XACK 之前。</translation>
    </message>
    <message>
        <source>A queue cannot tell a consumer that is slow from one that is dead.</source>
        <translation>队列分不清消费者是慢还是已经退出。</translation>
    </message>
    <message>
        <source>The same work, with an inbox</source>
        <translation>同样的处理，使用收件箱</translation>
    </message>
    <message>
        <source>The second delivery waits at the key that the first has inserted and not committed yet. Then it finds it, is told “duplicate”, and acknowledges.</source>
        <translation>第二次投递在第一次已插入但尚未提交的键上等待，随后发现该键已存在，得到“重复”，并确认消息。</translation>
    </message>
    <message>
        <source>Expect each message twice at the same time, not only one after the other.</source>
        <translation>要准备好同一条消息同时到达两次，而不只是先后到达两次。</translation>
    </message>
    <message>
        <source>A handler that throws after its mark</source>
        <translation>处理程序在标记之后抛出异常</translation>
    </message>
    <message>
        <source>The handler commits its mark, and then throws. The queue delivers again, the handler finds the mark, and says “duplicate”. Nobody ever did the work.</source>
        <translation>处理程序提交了标记，随后抛出异常。队列再次投递，处理程序看到标记，答复“重复”。工作从未完成。</translation>
    </message>
    <message>
        <source>A mark must not outlive the failure of what it stands for.</source>
        <translation>标记所代表的工作失败时，标记不能留下。</translation>
    </message>
    <message>
        <source>The same, mark and work in one transaction</source>
        <translation>同样的情形，标记与工作在同一事务中</translation>
    </message>
    <message>
        <source>The handler throws after the same first COMMIT. Here that is the commit of mark and order together, so the second delivery is a duplicate indeed.</source>
        <translation>处理程序同样在第一次 COMMIT 之后抛出异常。这里它同时提交标记和订单，因此第二次投递确实是重复。</translation>
    </message>
    <message>
        <source>Whatever the handler throws at, mark and work are both there or both gone.</source>
        <translation>无论处理程序在哪里抛出异常，标记与工作要么都在，要么都不在。</translation>
    </message>
    <message>
        <source>A webhook that is answered with 500</source>
        <translation>得到 500 答复的 Webhook</translation>
    </message>
    <message>
        <source>The endpoint adds to the stock, and throws before it answers. The provider wants to hear 2xx and sends the event again: count = count + n runs twice.</source>
        <translation>接收端增加了库存，却在答复前抛出异常。提供方要收到 2xx 才罢休，于是再次发送该事件：count = count + n 执行了两次。</translation>
    </message>
    <message>
        <source>A provider cannot see what you did, only what you answered.</source>
        <translation>提供方看不到你做了什么，只看到你答复了什么。</translation>
    </message>
    <message>
        <source>The same event, kept by its number</source>
        <translation>同一事件，按编号记录</translation>
    </message>
    <message>
        <source>A movement row with the number of the event, in the transaction of the addition. The event that comes again runs into its unique index. It is told 409, which is no 2xx either, so it comes a third time.</source>
        <translation>在增加库存的事务中写入一行带事件编号的变动记录。再次到来的事件撞上其唯一索引，得到 409；这也不是 2xx，于是它第三次到来。</translation>
    </message>
    <message>
        <source>Store the number of the event with its effect, and answer 2xx to those that you know.</source>
        <translation>把事件编号与其效果一起保存，对已知的事件答复 2xx。</translation>
    </message>
    <message>
        <source>Redis restarts while a lock is held</source>
        <translation>持有锁时 Redis 重启</translation>
    </message>
    <message>
        <source>The server writes nothing to disk. It restarts while the first holder works, and has no lock any more: the retry takes it, and both write. A sentence says what the restart has cost.</source>
        <translation>服务器不写磁盘。它在第一个持有者工作时重启，锁随之消失：重试取得锁，两者都写入。有一句话说明这次重启丢失了什么。</translation>
    </message>
    <message>
        <source>A lock is no safer than the memory that it is kept in.</source>
        <translation>锁并不比存放它的内存更可靠。</translation>
    </message>
    <message>
        <source>The same restart, with each write synced to disk</source>
        <translation>同样的重启，每次写入都同步到磁盘</translation>
    </message>
    <message>
        <source>The lock is there again after the restart, with what is left of its lease. Every retry is told “busy” until the first holder is done.</source>
        <translation>重启后锁仍在，租期还剩多少就是多少。在第一个持有者完成之前，每次重试都得到“忙”。</translation>
    </message>
    <message>
        <source>A file outlives a restart, not a failover: only the resource can refuse a second writer for sure.</source>
        <translation>文件经得起重启，经不起故障转移：只有资源本身才能可靠地拒绝第二个写入者。</translation>
    </message>
    <message>
        <source>Work of five leases, and a lease of one</source>
        <translation>五个租期的工作，只有一个租期的锁</translation>
    </message>
    <message>
        <source>The work takes five times as long as the lease. Each time that a lease is over somebody else gets the lock, sees no order yet, and works as well.</source>
        <translation>工作耗时是租期的五倍。每当一个租约到期，就有别人拿到锁，看不到订单，也照做。</translation>
    </message>
    <message>
        <source>A lease has to be longer than the work, or be made longer while it lasts.</source>
        <translation>租期要长于处理耗时，或者在处理期间不断延长。</translation>
    </message>
    <message>
        <source>The same work, and a lease that is renewed</source>
        <translation>同样的工作，租约不断续期</translation>
    </message>
    <message>
        <source>A renewed lease, and a holder that is paused</source>
        <translation>续租的锁，与被暂停的持有者</translation>
    </message>
    <message>
        <source>A thread renews the lease at a third of its life. The whole process is stopped for five leases, the thread with it. The retry gets the lock from another instance; the first holder wakes up and writes as well.</source>
        <translation>一个线程每过三分之一租期续租一次。整个进程被暂停五个租期之久，线程也一起停了。重试从另一个实例拿到锁；第一个持有者醒来后也写入。</translation>
    </message>
    <message>
        <source>Renewing a lease helps against slow work, not against a process that stands still.</source>
        <translation>续租能应付慢的工作，应付不了停住的进程。</translation>
    </message>
    <message>
        <source>The work takes five times as long as the lease. Look at the EVAL steps beside it: each puts the end of the lease off. Everybody who comes meanwhile is told “busy”.</source>
        <translation>工作耗时是租期的五倍。看旁边的 EVAL 步骤：每一步都把租约的终点往后推。其间到来的都被告知“忙”。</translation>
    </message>
    <message>
        <source>A short lease that is renewed frees the lock soon after a crash, and not before the work is done.</source>
        <translation>短租约加续租：崩溃后锁很快释放，工作没完之前不会释放。</translation>
    </message>
    <message>
        <source>The same pause, and a fence in the database</source>
        <translation>同样的暂停，围栏令牌在数据库里</translation>
    </message>
    <message>
        <source>The lease ends while its holder is stopped, and the retry gets the lock with number 2. It waits at the row of the fence, which the first holder has changed and not committed; then it finds the order.</source>
        <translation>持有者停住时租约到期，重试以编号 2 拿到锁。它在围栏令牌那一行上等待，因为第一个持有者改过它但尚未提交；之后它查到了订单。</translation>
    </message>
    <message>
        <source>Whoever may be stopped at any moment must be refused where the effect is, not where the lock is.</source>
        <translation>谁都可能随时停住，所以要在产生效果的地方拒绝，而不是在锁那里。</translation>
    </message>
    <message>
        <source>The primary of Redis dies while a lock is held</source>
        <translation>持锁期间 Redis 主服务器死亡</translation>
    </message>
    <message>
        <source>The replica has not got the lock when the primary is killed. The sentinels promote it all the same, within a second or two, and the next one who comes is granted the lock that somebody still holds.</source>
        <translation>主服务器被杀死时，副本还没有收到锁。哨兵仍在一两秒内提升它，下一个到来的请求便拿到了别人仍持有的锁。</translation>
    </message>
    <message>
        <source>Replication that nobody waits for does not replicate a lock.</source>
        <translation>没人等待的复制，复制不了锁。</translation>
    </message>
    <message>
        <source>The same failover, with a fence in the database</source>
        <translation>同样的故障转移，数据库里有栅栏</translation>
    </message>
    <message>
        <source>The lock is granted twice, and its counter has gone back: both INCRs say 1. The row of the fence in the database lets only one of them through.</source>
        <translation>锁授予了两次，计数器也倒退了：两次 INCR 都是 1。数据库里栅栏的那一行只放过一个。</translation>
    </message>
    <message>
        <source>What decides must be where the effect is.</source>
        <translation>起决定作用的东西必须与结果在一起。</translation>
    </message>
    <message>
        <source>Redlock, and a server that comes back empty</source>
        <translation>Redlock，与空着回来的服务器</translation>
    </message>
    <message>
        <source>One of three servers is cut off, so the lock is on the other two. It comes back, and one of the two restarts without its keys: two of three know nothing of the lock, and that is a majority.</source>
        <translation>三台服务器中有一台被隔断，所以锁在另外两台上。它回来了，而那两台之一重启后没有了键：三台中有两台不知道这把锁，这就是多数。</translation>
    </message>
    <message>
        <source>A majority is worth what its members remember.</source>
        <translation>多数的价值取决于其成员记得什么。</translation>
    </message>
    <message>
        <source>The same Redlock, with each write synced to disk</source>
        <translation>同样的 Redlock，每次写入都同步到磁盘</translation>
    </message>
    <message>
        <source>The same server restarts, and has the lock in its file, with what is left of its lease. There is no second majority: everybody is told “busy” until the holder is done.</source>
        <translation>同一台服务器重启后，文件里还有那把锁和剩余的租期。不存在第二个多数：持有者完成之前，所有人都被告知“忙”。</translation>
    </message>
    <message>
        <source>Redlock needs a file that is synced, or a server that comes back later than every lease.</source>
        <translation>Redlock 需要同步写盘的文件，或者让服务器回来得比所有租约都晚。</translation>
    </message>
    <message>
        <source>Redlock, one of three servers dead</source>
        <translation>Redlock，三台服务器死了一台</translation>
    </message>
    <message>
        <source>The second server is killed while the lock is held and stays away. Steps that end in @2 fail, those with @1 and @3 are enough, and nobody gets a page of errors.</source>
        <translation>持锁期间第二台服务器被杀死，没有回来。以 @2 结尾的步骤失败，@1 和 @3 已经足够，谁也不会看到错误页。</translation>
    </message>
    <message>
        <source>Redlock buys availability. For correctness there is the resource.</source>
        <translation>Redlock 换来的是可用性。正确性要靠资源。</translation>
    </message>
    <message>
        <source>A lock inside the transaction</source>
        <translation>锁在事务里面</translation>
    </message>
    <message>
        <source>The first attempt releases its lock (DELIFEQ) and is slow to COMMIT. The retry gets the lock, looks, does not see the row yet, and inserts.</source>
        <translation>第一次尝试释放了锁（DELIFEQ），却迟迟才 COMMIT。重试拿到锁，检查时还看不到那一行，于是插入。</translation>
    </message>
    <message>
        <source>Release a lock after the COMMIT, not before: put it around the transaction.</source>
        <translation>锁要在 COMMIT 之后释放，而不是之前：把它包在事务外面。</translation>
    </message>
    <message>
        <source>The same, the lock around the transaction</source>
        <translation>同样的情形，锁包在事务外面</translation>
    </message>
    <message>
        <source>The same slow COMMIT. The lock is held until it is over, so every retry is told “busy”, and the one that gets in finds the row.</source>
        <translation>同样迟缓的 COMMIT。锁一直持有到它结束，所以每次重试都被告知“忙”，等到能进去的那次就查到了该行。</translation>
    </message>
    <message>
        <source>Whoever gets the lock must see what its last holder did.</source>
        <translation>拿到锁的人必须能看到上一个持有者做了什么。</translation>
    </message>
    <message>
        <source>A check before the lock</source>
        <translation>加锁之前检查</translation>
    </message>
    <message>
        <source>The first attempt looks, finds nothing, and is slow to ask for the lock. The retry does all of it meanwhile. Then the first one gets the free lock, and acts on what it saw.</source>
        <translation>第一次尝试查过，什么也没有，却迟迟才去拿锁。重试在此期间做完了全部。随后第一个拿到空闲的锁，照先前所见执行。</translation>
    </message>
    <message>
        <source>What was seen before the lock is old by the time that the lock is there.</source>
        <translation>加锁之前看到的，等拿到锁时已经过时。</translation>
    </message>
    <message>
        <source>The same, the check after the lock</source>
        <translation>同样的情形，加锁之后检查</translation>
    </message>
    <message>
        <source>The first attempt is as slow to ask for the lock. It looks when it has it, and finds the row.</source>
        <translation>第一次尝试同样迟迟才去拿锁。它拿到锁之后再查，查到了该行。</translation>
    </message>
    <message>
        <source>Lock, then look.</source>
        <translation>先加锁，再查看。</translation>
    </message>
    <message>
        <source>An advisory lock in a connection pool</source>
        <translation>连接池里的咨询锁</translation>
    </message>
    <message>
        <source>The handler throws after it has taken a lock of the session. The pool rolls back and keeps the connection, and with it the lock. The retry comes to the other instance, over another connection, and is told “busy”.</source>
        <translation>处理器拿到会话级锁之后抛出异常。连接池回滚并留下连接，锁也随之留下。重试到了另一个实例，走的是另一条连接，被告知“忙”。</translation>
    </message>
    <message>
        <source>A lock of a session lives as long as the connection, and a pool keeps connections for ever.</source>
        <translation>会话级锁与连接同寿，而连接池会一直留着连接。</translation>
    </message>
    <message>
        <source>The same, with the lock of the transaction</source>
        <translation>同样的情形，用事务级锁</translation>
    </message>
    <message>
        <source>The handler throws at the same place. The rollback gives the lock back, and the retry gets it.</source>
        <translation>处理器在同一处抛出异常。回滚归还了锁，重试拿到它。</translation>
    </message>
    <message>
        <source>Let the lock end with what it protects.</source>
        <translation>让锁与它保护的东西一起结束。</translation>
    </message>
    <message>
        <source>SELECT … FOR UPDATE before an INSERT</source>
        <translation>INSERT 之前的 SELECT … FOR UPDATE</translation>
    </message>
    <message>
        <source>Both clicks ask for the lock of a row that is not there. Nothing is found, so nothing is locked, and nobody waits. MariaDB locks the gap for both, and ends one of the two with a deadlock.</source>
        <translation>两次点击都要锁一行不存在的记录。什么也没找到，也就什么也没锁，谁都不等。MariaDB 给两者都加上间隙锁，再以死锁结束其中一个。</translation>
    </message>
    <message>
        <source>Only what is there can be locked.</source>
        <translation>只有存在的东西才能上锁。</translation>
    </message>
    <message>
        <source>The same, with a lock by name</source>
        <translation>同样的情形，按名字加锁</translation>
    </message>
    <message>
        <source>The second click waits for an advisory lock by the order&apos;s number, which needs no row. Then it looks, and finds the order.</source>
        <translation>第二次点击按订单号等一把咨询锁，它不需要有行。等到之后再查，查到了订单。</translation>
    </message>
    <message>
        <source>What is not there yet can be locked by its name.</source>
        <translation>尚不存在的东西，可以按名字上锁。</translation>
    </message>
    <message>
        <source>INSERT … WHERE NOT EXISTS</source>
        <translation>INSERT … WHERE NOT EXISTS</translation>
    </message>
    <message>
        <source>Both statements run before either COMMIT. Neither sees the other one&apos;s row, and no index is there to refuse the second.</source>
        <translation>两条语句都在对方 COMMIT 之前执行。谁也看不到对方的行，也没有索引拒绝第二行。</translation>
    </message>
    <message>
        <source>One statement is not one moment.</source>
        <translation>一条语句并不等于一个瞬间。</translation>
    </message>
    <message>
        <source>The same, with ON CONFLICT and a unique index</source>
        <translation>同样的情形，用 ON CONFLICT 和唯一索引</translation>
    </message>
    <message>
        <source>The second INSERT waits at the index until the first transaction has ended, and brings back no row.</source>
        <translation>第二个 INSERT 在索引处等到第一个事务结束，不返回任何行。</translation>
    </message>
    <message>
        <source>Let the index look: it sees what is not committed yet.</source>
        <translation>让索引去查：它看得到尚未提交的内容。</translation>
    </message>
    <message>
        <source>SERIALIZABLE</source>
        <translation>SERIALIZABLE</translation>
    </message>
    <message>
        <source>Both look before either commits. One order is there, and one of the two callers is told “conflict”: 40001, which nobody started over from.</source>
        <translation>两个都在对方提交之前查过。订单有一张，而其中一个调用方被告知“冲突”：40001，没有人重来。</translation>
    </message>
    <message>
        <source>SERIALIZABLE refuses; somebody has to start over.</source>
        <translation>SERIALIZABLE 只管拒绝；总得有人重来。</translation>
    </message>
    <message>
        <source>SERIALIZABLE, starting over on 40001</source>
        <translation>SERIALIZABLE，遇 40001 重来</translation>
    </message>
    <message>
        <source>The one that is refused starts over, from its first statement on. Now it finds the order, and its caller is told “duplicate”.</source>
        <translation>被拒绝的那个从第一条语句重新开始。这次它查到了订单，调用方被告知“重复”。</translation>
    </message>
    <message>
        <source>Start over from the first statement: what was read before does not count any more.</source>
        <translation>要从第一条语句重来：先前读到的已经不算数。</translation>
    </message>
    <message>
        <source>A deferred unique constraint</source>
        <translation>延迟检查的唯一约束</translation>
    </message>
    <message>
        <source>The second click inserts its key without a complaint, and fails at COMMIT, where nobody expects it: its caller is told 500 about an order that is there.</source>
        <translation>第二次点击插入键时毫无异议，到 COMMIT 才失败，而那里没人预料：订单明明在，调用方却得到 500。</translation>
    </message>
    <message>
        <source>Know when your constraint is checked, and catch its violation there.</source>
        <translation>要知道约束何时检查，并在那里捕获冲突。</translation>
    </message>
    <message>
        <source>The same, caught around the COMMIT</source>
        <translation>同样的情形，在 COMMIT 处捕获</translation>
    </message>
    <message>
        <source>The same violation at the same COMMIT. The handler catches it there, and its caller is told “duplicate”.</source>
        <translation>同一个 COMMIT 处的同样冲突。处理器在那里捕获，调用方被告知“重复”。</translation>
    </message>
    <message>
        <source>Catch the violation around the whole transaction.</source>
        <translation>在整个事务外面捕获冲突。</translation>
    </message>
    <message>
        <source>A message and a deferred constraint</source>
        <translation>消息与延迟检查的约束</translation>
    </message>
    <message>
        <source>Both clicks insert the key, and both call the gateway. Only then comes COMMIT, with the violation.</source>
        <translation>两次点击都插入了键，都调用了网关。然后才是 COMMIT，带着冲突。</translation>
    </message>
    <message>
        <source>A rollback takes back rows, and no messages.</source>
        <translation>回滚能收回行，收不回消息。</translation>
    </message>
    <message>
        <source>The same, checked with the INSERT</source>
        <translation>同样的情形，INSERT 时就检查</translation>
    </message>
    <message>
        <source>The second click runs into the index with its INSERT, and does not come to the gateway.</source>
        <translation>第二次点击的 INSERT 撞上索引，到不了网关。</translation>
    </message>
    <message>
        <source>Have the key refused before anything goes out.</source>
        <translation>在任何东西发出之前就让键被拒绝。</translation>
    </message>
    <message>
        <source>A key looked up with GET, kept with SET</source>
        <translation>键用 GET 查、用 SET 存</translation>
    </message>
    <message>
        <source>Both clicks carry one key, and both GET nothing. Each acts, and each SETs its answer.</source>
        <translation>两次点击带着同一个键，GET 都查不到。各自执行，各自 SET 自己的答复。</translation>
    </message>
    <message>
        <source>Claim the key before you act: SET NX, or a row.</source>
        <translation>执行之前先占键：SET NX，或一行记录。</translation>
    </message>
    <message>
        <source>The same, the key claimed by an INSERT</source>
        <translation>同样的情形，用 INSERT 占键</translation>
    </message>
    <message>
        <source>The second click finds the record in flight, and is told 409.</source>
        <translation>第二次点击发现记录在处理中，得到 409。</translation>
    </message>
    <message>
        <source>One of two INSERTs under a unique key wins, whoever looks when.</source>
        <translation>唯一键下的两个 INSERT 只有一个成功，与谁何时查看无关。</translation>
    </message>
    <message>
        <source>An answer kept in two commands</source>
        <translation>分两条命令保存的答复</translation>
    </message>
    <message>
        <source>The first attempt has kept the status and not yet the body. The retry reads between the two HSETs: it fails on half an answer, and its caller is told 500 about an order that is there.</source>
        <translation>第一次尝试存了状态码，还没存正文。重试在两条 HSET 之间读取：因半个答复而出错，订单明明在，调用方却得到 500。</translation>
    </message>
    <message>
        <source>Keep an answer in one command, or nobody may read in between.</source>
        <translation>用一条命令保存答复，否则中间就不能有人读。</translation>
    </message>
    <message>
        <source>The same, kept in the transaction of the order</source>
        <translation>同样的情形，与订单存在同一事务</translation>
    </message>
    <message>
        <source>The first attempt has written its answer and is slow to COMMIT. The retry finds a record in flight, and is told 409; later it gets the whole answer.</source>
        <translation>第一次尝试写好了答复，却迟迟才 COMMIT。重试发现记录在处理中，得到 409；之后得到完整的答复。</translation>
    </message>
    <message>
        <source>Order, status and body can be seen at one moment.</source>
        <translation>订单、状态码和正文在同一瞬间可见。</translation>
    </message>
    <message>
        <source>An outbox whose relay dies</source>
        <translation>转发器死亡的发件箱</translation>
    </message>
    <message>
        <source>The relay dies between the call and the mark. The next one finds the row unmarked, and sends it again.</source>
        <translation>转发器在调用与标记之间死亡。下一个发现该行未标记，又发了一次。</translation>
    </message>
    <message>
        <source>An outbox loses nothing; that is at least once.</source>
        <translation>发件箱什么也不丢；那就是至少一次。</translation>
    </message>
    <message>
        <source>The same, with the row&apos;s number as a key</source>
        <translation>同样的情形，以该行编号为键</translation>
    </message>
    <message>
        <source>The relay dies at the same place. The next one sends the same key, and the gateway recognises it.</source>
        <translation>转发器在同一处死亡。下一个发送同样的键，网关认得出来。</translation>
    </message>
    <message>
        <source>At least once on your side, and a receiver that recognises: that is exactly once.</source>
        <translation>你这边至少一次，加上能识别的接收方：那就是恰好一次。</translation>
    </message>
    <message>
        <source>The check reads from a standby</source>
        <translation>检查读的是备库</translation>
    </message>
    <message>
        <source>Each submission waits for the answer to the one before. The lock is free and the order is committed, but the SELECT goes to the standby, which is 20 seconds behind: it answers False each time.</source>
        <translation>每次提交都等前一次得到答复。锁已释放，订单也已提交，但 SELECT 读的是落后 20 秒的备库：每次都返回 False。</translation>
    </message>
    <message>
        <source>A lock keeps others out. It does not bring you up to date.</source>
        <translation>锁只能挡住别人，不能让你看到最新数据。</translation>
    </message>
    <message>
        <source>The same check on the primary</source>
        <translation>同样的检查，读主库</translation>
    </message>
    <message>
        <source>The same lock, the same lag. The SELECT goes where the INSERT goes, and the second and the third are told “duplicate”.</source>
        <translation>同样的锁，同样的延迟。SELECT 与 INSERT 都去主库，第二次和第三次被告知“重复”。</translation>
    </message>
    <message>
        <source>What decides about a write is read where the write goes.</source>
        <translation>决定是否写入的读，必须读写入所去的地方。</translation>
    </message>
    <message>
        <source>A message that is quicker than the standby</source>
        <translation>消息快于备库</translation>
    </message>
    <message>
        <source>The handler commits its mark, looks for the order on the standby, does not find it yet, and fails. The queue delivers again; the handler finds its mark and says “duplicate”. Nobody was ever charged.</source>
        <translation>处理程序提交标记，到备库查订单，那里还没有，于是失败。队列再次投递，处理程序看到标记，答复“重复”。从来没有人被扣款。</translation>
    </message>
    <message>
        <source>Mark in the transaction of the work, and read from the primary what was written a moment ago.</source>
        <translation>在处理的同一事务里做标记；刚刚写入的内容要从主库读。</translation>
    </message>
    <message>
        <source>The same message, read from the primary</source>
        <translation>同样的消息，读主库</translation>
    </message>
    <message>
        <source>The same lag, and nobody who looks at the standby: mark and payment are one transaction on the primary.</source>
        <translation>同样的延迟，但没有谁去看备库：标记和付款是主库上的同一个事务。</translation>
    </message>
    <message>
        <source>A standby is for those who can wait.</source>
        <translation>备库只适合等得起的读。</translation>
    </message>
    <message>
        <source>The primary fails right after its answer</source>
        <translation>主库刚答复就故障</translation>
    </message>
    <message>
        <source>The caller is told “created”. The standby has not got that commit when the primary is killed, and it is the standby that goes on: a unique index, a correct answer, and no row.</source>
        <translation>调用方被告知“已创建”。主库被强制结束时，备库还没有收到这次提交，而接管的正是备库：有唯一索引，答复也没错，行却没有了。</translation>
    </message>
    <message>
        <source>Committed means: on one server, unless you have asked for more.</source>
        <translation>“已提交”只表示在一台服务器上，除非你要求更多。</translation>
    </message>
    <message>
        <source>The same failure, and a standby that confirms</source>
        <translation>同样的故障，备库需要确认</translation>
    </message>
    <message>
        <source>COMMIT waits for the standby, which gets nothing, until the primary is killed. The caller hears an error, sends again, and the standby, now the primary, inserts the order once.</source>
        <translation>COMMIT 一直等待收不到任何内容的备库，直到主库被强制结束。调用方收到错误后再次发送，已成为主库的备库插入一次订单。</translation>
    </message>
    <message>
        <source>Waiting for the standby turns a lost order into an error, and a retry turns the error into an order.</source>
        <translation>等待备库把丢单变成报错，重试再把报错变成订单。</translation>
    </message>
    <message>
        <source>The second click is told “busy”. When the lease has run out, the third gets the lock. Then the first holder comes late and DELetes whatever lock is there: that of the third, which is still at work. So the fourth walks in, too.</source>
        <translation>第二次点击得到“忙”。租约到期后，第三次拿到锁。这时第一个持有者姗姗来迟，不看是谁的锁就 DEL：删掉的是仍在工作的第三个的锁。于是第四个也进来了。</translation>
    </message>
    <message>
        <source>A disabled button and a retry</source>
        <translation>禁用的按钮与重试</translation>
    </message>
    <message>
        <source>Token and crash</source>
        <translation>令牌与崩溃</translation>
    </message>
    <message>
        <source>Each instance has a mutex of its own, and each of them is free. Select one row, then the other: above the steps stands which instance ran them.</source>
        <translation>每个实例都有自己的互斥锁，而且都空着。先选一行，再选另一行：步骤上方写着是哪个实例执行的。</translation>
    </message>
    <message>
        <source>A stale holder and a fence</source>
        <translation>过期的持有者与栅栏</translation>
    </message>
    <message>
        <source>With a fence it does not matter who believes to hold the lock.</source>
        <translation>有了栅栏，谁以为自己持有锁都无所谓。</translation>
    </message>
    <message>
        <source>An inbox in two transactions</source>
        <translation>分成两个事务的收件箱</translation>
    </message>
    <message>
        <source>The consumer dies after it has marked the message and before it has acted. The next delivery finds the mark, and acknowledges.</source>
        <translation>消费者标记消息之后、执行之前死亡。下一次投递看到标记，就确认了。</translation>
    </message>
    <message>
        <source>Mark and act in one transaction, or not at all.</source>
        <translation>标记和执行放在同一个事务里，否则就别做。</translation>
    </message>
    <message>
        <source>The instance dies after the gateway has answered and before the commit. The rollback takes back our row, not the message: the retry sends it again.</source>
        <translation>实例在网关答复之后、提交之前死亡。回滚撤掉的是我们的行，不是那条消息：重试又发一次。</translation>
    </message>
    <message>
        <source>No transaction of yours covers somebody else&apos;s ledger.</source>
        <translation>你的事务管不到别人的账本。</translation>
    </message>
    <message>
        <source>The same crash. The retry sends the same Idempotency-Key, and the gateway recognises it.</source>
        <translation>同样的崩溃。重试带着同一个 Idempotency-Key，网关认出了它。</translation>
    </message>
    <message>
        <source>Only whoever has the effect can make it happen once.</source>
        <translation>只有掌握效果的一方才能让它恰好发生一次。</translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Cost against protection</source>
        <translation>代价与保护</translation>
    </message>
    <message>
        <source>All strategies in one picture: the higher the safer, the further to the right the cheaper.</source>
        <translation>所有策略在一张图里：越高越安全，越靠右越便宜。</translation>
    </message>
</context>
<context>
    <name>CheckPane</name>
    <message>
        <source>Situations of the check</source>
        <translation>检查的各种情形</translation>
    </message>
    <message>
        <source>One row for each way in which a submission arrives twice. Press Check.</source>
        <translation>提交到达两次的每种方式各占一行。请按“检查”。</translation>
    </message>
    <message>
        <source>Steps and output</source>
        <translation>步骤与输出</translation>
    </message>
    <message>
        <source>Output of the service</source>
        <translation>服务的输出</translation>
    </message>
    <message>
        <source>The last lines that the service wrote appear here.</source>
        <translation>服务最后写出的几行显示在这里。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Steps of the worst intent</source>
        <translation>最差意图的步骤</translation>
    </message>
    <message>
        <source>Select a situation to see every command that the service sent for its worst intent.</source>
        <translation>选择一种情形，查看服务为其中最差的意图发送的每条命令。</translation>
    </message>
    <message>
        <source>The selected step in full</source>
        <translation>所选步骤全文</translation>
    </message>
    <message>
        <source>The selected step in full, with its answer.</source>
        <translation>所选步骤全文及其答复。</translation>
    </message>
    <message>
        <source>No situation selected</source>
        <translation>未选择情形</translation>
    </message>
    <message>
        <source>%1: worst intent %2, %3</source>
        <translation>%1：最差的意图 %2，%3</translation>
    </message>
    <message>
        <source>%1: worst intent %2, %3; no steps were seen</source>
        <translation>%1：最差的意图 %2，%3；没有看到步骤</translation>
    </message>
</context>
<context>
    <name>CheckPanel</name>
    <message>
        <source>Situations</source>
        <translation>情形</translation>
    </message>
    <message>
        <source>&amp;Intents</source>
        <translation>意图数(&amp;I)</translation>
    </message>
    <message>
        <source>How many intents are tried in each situation</source>
        <translation>每种情形尝试多少个意图</translation>
    </message>
    <message>
        <source>S&amp;ubmissions</source>
        <translation>提交次数(&amp;U)</translation>
    </message>
    <message>
        <source>How many of each intent leave at the same moment</source>
        <translation>每个意图在同一时刻发出多少次提交</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>&amp;Time-out</source>
        <translation>超时(&amp;T)</translation>
    </message>
    <message>
        <source>How long a caller waits for a response</source>
        <translation>调用方等待响应多久</translation>
    </message>
    <message>
        <source>&amp;Other host</source>
        <translation>其他主机(&amp;O)</translation>
    </message>
    <message>
        <source>A service on another machine is tested only if its host is named here once more</source>
        <translation>只有在这里再次写明主机名，才会测试其他机器上的服务</translation>
    </message>
    <message>
        <source>Check in this situation</source>
        <translation>检查这种情形</translation>
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
        <translation>所选变体实际运行的源文件</translation>
    </message>
    <message>
        <source>The code of the chosen variant appears here.</source>
        <translation>所选变体的代码显示在这里。</translation>
    </message>
</context>
<context>
    <name>CommandTable</name>
    <message>
        <source>&amp;Submit</source>
        <translation>提交(&amp;S)</translation>
    </message>
    <message>
        <source>S&amp;ubmit several times</source>
        <translation>多次提交(&amp;U)</translation>
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
        <source>&amp;Knobs as at the first start</source>
        <translation>参数恢复为初次启动时(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>对比(&amp;C)</translation>
    </message>
    <message>
        <source>Measure costs &amp;again</source>
        <translation>重新测量代价(&amp;A)</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>取消(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Explore</source>
        <translation>探索(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Explore all</source>
        <translation>探索全部(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Save the grid…</source>
        <translation>保存表格…(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Compare with an earlier grid…</source>
        <translation>与先前的表格比较…(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Open the file of a service…</source>
        <translation>打开服务文件…(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Save the file of the service</source>
        <translation>保存服务文件(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>开始(&amp;S)</translation>
    </message>
    <message>
        <source>Chec&amp;k</source>
        <translation>检查(&amp;K)</translation>
    </message>
    <message>
        <source>Next e&amp;xhibit</source>
        <translation>下一个展品(&amp;X)</translation>
    </message>
    <message>
        <source>Previous exhi&amp;bit</source>
        <translation>上一个展品(&amp;B)</translation>
    </message>
    <message>
        <source>Predict before each r&amp;un</source>
        <translation>每次运行前先预测(&amp;U)</translation>
    </message>
    <message>
        <source>Smaller t&amp;ype</source>
        <translation>缩小字号(&amp;Y)</translation>
    </message>
    <message>
        <source>Idempotency &amp;keys</source>
        <translation>幂等键(&amp;K)</translation>
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
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>F&amp;ind in this page…</source>
        <translation>在本页中查找…(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Find a command…</source>
        <translation>查找命令…(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Messages</source>
        <translation>消息(&amp;M)</translation>
    </message>
    <message>
        <source>Open a saved &amp;entry…</source>
        <translation>打开已保存的条目…(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Save the entry as…</source>
        <translation>条目另存为…(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;HTML report…</source>
        <translation>HTML 报告…(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Run again</source>
        <translation>再次运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Copy command line</source>
        <translation>复制命令行(&amp;C)</translation>
    </message>
    <message>
        <source>Sho&amp;w what was reset</source>
        <translation>显示被重置的内容(&amp;W)</translation>
    </message>
    <message>
        <source>Copy the s&amp;teps as SQL and redis-cli</source>
        <translation>将步骤复制为 SQL 和 redis-cli(&amp;T)</translation>
    </message>
    <message>
        <source>Copy a client&apos;s command for the &amp;database</source>
        <translation>复制数据库客户端命令(&amp;D)</translation>
    </message>
    <message>
        <source>Copy the command of redis-c&amp;li</source>
        <translation>复制 redis-cli 命令(&amp;L)</translation>
    </message>
    <message>
        <source>On &amp;stage (full screen)</source>
        <translation>演示模式（全屏）(&amp;S)</translation>
    </message>
    <message>
        <source>La&amp;rger type</source>
        <translation>放大字号(&amp;R)</translation>
    </message>
    <message>
        <source>Choose an entry of the history first.</source>
        <translation>请先选择一个历史条目。</translation>
    </message>
    <message>
        <source>&amp;Clicks</source>
        <translation>点击(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Retries</source>
        <translation>重试(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Locks</source>
        <translation>锁(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Isolation</source>
        <translation>隔离(&amp;I)</translation>
    </message>
    <message>
        <source>Re&amp;plication</source>
        <translation>复制(&amp;P)</translation>
    </message>
    <message>
        <source>Effects &amp;outside</source>
        <translation>外部效果(&amp;O)</translation>
    </message>
    <message>
        <source>I&amp;ncidents…</source>
        <translation>事故…(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Which one for me?</source>
        <translation>我该用哪一个？(&amp;W)</translation>
    </message>
    <message>
        <source>The &amp;tour</source>
        <translation>导览(&amp;T)</translation>
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
        <source>While nothing runs</source>
        <translation>没有运行时</translation>
    </message>
    <message>
        <source>In a table</source>
        <translation>表格中</translation>
    </message>
    <message>
        <source>While finding</source>
        <translation>查找时</translation>
    </message>
    <message>
        <source>In the timeline</source>
        <translation>时间线中</translation>
    </message>
    <message>
        <source>In a sequence diagram</source>
        <translation>时序图中</translation>
    </message>
    <message>
        <source>In the table of the comparison</source>
        <translation>比较表中</translation>
    </message>
    <message>
        <source>In the grid of all questions</source>
        <translation>全部问题的表格中</translation>
    </message>
    <message>
        <source>Exhibit: %1</source>
        <translation>展品：%1</translation>
    </message>
    <message>
        <source>Theme: %1</source>
        <translation>主题：%1</translation>
    </message>
    <message>
        <source>Language: %1</source>
        <translation>语言：%1</translation>
    </message>
    <message>
        <source>Page: %1</source>
        <translation>页面：%1</translation>
    </message>
    <message>
        <source>Nothing is under way.</source>
        <translation>没有正在进行的运行。</translation>
    </message>
    <message>
        <source>A comparison is under way.</source>
        <translation>比较正在进行。</translation>
    </message>
    <message>
        <source>Choose a situation or the costs first.</source>
        <translation>请先选择一种情境或开销。</translation>
    </message>
    <message>
        <source>No costs were measured that are too noisy for a ratio.</source>
        <translation>没有因波动太大而无法给出比值的开销。</translation>
    </message>
    <message>
        <source>An exploration is under way.</source>
        <translation>探索正在进行。</translation>
    </message>
    <message>
        <source>Nothing was explored yet, or an exploration is under way.</source>
        <translation>还没有探索结果，或探索正在进行。</translation>
    </message>
    <message>
        <source>A check or an exploration is under way.</source>
        <translation>检查或探索正在进行。</translation>
    </message>
    <message>
        <source>Open the file of a service first, and choose a situation.</source>
        <translation>请先打开服务文件，并选择一种情境。</translation>
    </message>
    <message>
        <source>Nothing was said yet.</source>
        <translation>还没有任何消息。</translation>
    </message>
    <message>
        <source>The engines are not running yet.</source>
        <translation>引擎尚未运行。</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>Written to %1.</source>
        <translation>已写入 %1。</translation>
    </message>
    <message>
        <source>Enter opens it in the Lab.</source>
        <translation>按回车在实验室中打开。</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Com&amp;pare</source>
        <translation>对比(&amp;P)</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Run every strategy in each chosen situation, on real engines</source>
        <translation>在所选的每种情形下，用真实引擎运行每个策略</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>取消(&amp;N)</translation>
    </message>
    <message>
        <source>Cancel the comparison</source>
        <translation>取消对比</translation>
    </message>
    <message>
        <source>Stop, and keep what was measured so far</source>
        <translation>停止，保留已测的结果</translation>
    </message>
    <message>
        <source>&amp;Measure costs again</source>
        <translation>重新测量代价(&amp;M)</translation>
    </message>
    <message>
        <source>Measure costs again</source>
        <translation>重新测量代价</translation>
    </message>
    <message>
        <source>Measure once more what was too noisy; what is there otherwise stays</source>
        <translation>把噪声过大的再测一次；其余结果保持不变</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>导出(&amp;E)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Write the comparison as HTML, Markdown, CSV or JSON</source>
        <translation>把对比写成 HTML、Markdown、CSV 或 JSON</translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation>尚未测量。</translation>
    </message>
    <message>
        <source>Progress of the comparison</source>
        <translation>对比进度</translation>
    </message>
    <message>
        <source>&amp;Table</source>
        <translation>表格(&amp;T)</translation>
    </message>
    <message>
        <source>P&amp;icture</source>
        <translation>图(&amp;I)</translation>
    </message>
    <message>
        <source>Table or picture</source>
        <translation>表格或图</translation>
    </message>
    <message>
        <source>Starting engines and two backend processes for the comparison…</source>
        <translation>正在为对比启动引擎和两个后端进程…</translation>
    </message>
    <message>
        <source>%1 of %2 measured, about %3 left. Now: %4, %5.</source>
        <translation>已测 %1 / %2，大约还需 %3。现在：%4，%5。</translation>
    </message>
    <message>
        <source>Cancelled; what was measured is kept.</source>
        <translation>已取消；已测的保留。</translation>
    </message>
</context>
<context>
    <name>ComparisonTable</name>
    <message>
        <source>Strategies by situation</source>
        <translation>各情形下的策略</translation>
    </message>
    <message>
        <source>Enter opens a cell in the Lab</source>
        <translation>回车在实验室中打开单元格</translation>
    </message>
    <message>
        <source>Open the cell in the Lab</source>
        <translation>在实验室中打开该单元格</translation>
    </message>
    <message>
        <source>&amp;Open in the Lab</source>
        <translation>在实验室中打开(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Explore</source>
        <translation>探索(&amp;E)</translation>
    </message>
    <message>
        <source>A row for each strategy, a column for each way in which a submission arrives twice, and what the protection costs. Press Compare.</source>
        <translation>每行一个策略，每列一种重复到达的方式，以及保护的代价。请按“对比”。</translation>
    </message>
</context>
<context>
    <name>CopyingTable</name>
    <message>
        <source>Copy the selected rows</source>
        <translation>复制选中的行</translation>
    </message>
    <message>
        <source>&amp;Copy the selected rows</source>
        <translation>复制选中的行(&amp;C)</translation>
    </message>
    <message>
        <source>Copy &amp;all rows</source>
        <translation>复制所有行(&amp;A)</translation>
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
        <source>blocked</source>
        <translation>已拦下</translation>
    </message>
    <message>
        <source>Clicks that were blocked by the disabled button</source>
        <translation>被禁用的按钮拦下的点击</translation>
    </message>
    <message>
        <source>in flight</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>over</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Submissions that were answered, given up or cut off</source>
        <translation>已得到答复、已放弃等待或连接已断开的提交</translation>
    </message>
    <message>
        <source>Submissions that are not over yet</source>
        <translation>尚未结束的提交</translation>
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
    <message>
        <source>steps not kept</source>
        <translation>步骤未保留</translation>
    </message>
    <message>
        <source>Submissions since the last reset whose steps made room for those of later ones. All other numbers are of all submissions of the run.</source>
        <translation>自上次重置以来，这些提交的步骤已为后来的提交让位。其他数字均按本次运行的全部提交计算。</translation>
    </message>
</context>
<context>
    <name>Curtain</name>
    <message>
        <source>What will become of it?</source>
        <translation>结果会怎样？</translation>
    </message>
    <message>
        <source>Predict this verdict</source>
        <translation>预测此结论</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>There is no strategy %1 here; its code is in the entry.</source>
        <translation>此处没有策略 %1；其代码保存在条目中。</translation>
    </message>
    <message>
        <source>It had several intents, and the Lab runs one: copy the command line to run them all.</source>
        <translation>该条目包含多个意图，而实验页只运行一个：请复制命令行以全部运行。</translation>
    </message>
    <message>
        <source>The file %1 of the service is not here.</source>
        <translation>找不到服务文件 %1。</translation>
    </message>
    <message>
        <source>Select a row or an answer first.</source>
        <translation>请先选择一行或一个答复。</translation>
    </message>
    <message>
        <source>The engines are not running yet.</source>
        <translation>引擎尚未运行。</translation>
    </message>
    <message>
        <source>Copied: %1</source>
        <translation>已复制：%1</translation>
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
    <message>
        <source>Gateway</source>
        <translation>网关</translation>
    </message>
    <message>
        <source>PostgreSQL standby</source>
        <translation>PostgreSQL 备库</translation>
    </message>
    <message numerus="yes">
        <source>Backend, %n instance(s)</source>
        <translation>
            <numerusform>后端，%n 个实例</numerusform>
        </translation>
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
    <name>Evidence</name>
    <message>
        <source>Rows and keys just after the current event</source>
        <translation>当前事件之后的行和键</translation>
    </message>
    <message>
        <source>Rows and keys, as they were just after the current event.</source>
        <translation>当前事件之后的行和键。</translation>
    </message>
    <message>
        <source>The line of the strategy&apos;s code that issued the current step.</source>
        <translation>发出当前步骤的策略代码行。</translation>
    </message>
    <message>
        <source>no line of the strategy is at work here</source>
        <translation>此处没有策略代码在执行</translation>
    </message>
    <message>
        <source>%1: no committed row</source>
        <translation>%1：没有已提交的行</translation>
    </message>
    <message>
        <source>%1, committed rows: %2</source>
        <translation>%1，已提交的行：%2</translation>
    </message>
    <message>
        <source>%1 has an open transaction: %2</source>
        <translation>%1 有打开的事务：%2</translation>
    </message>
    <message>
        <source>%1 waits for %2</source>
        <translation>%1 等待 %2</translation>
    </message>
</context>
<context>
    <name>ExhibitCard</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close the exhibit</source>
        <translation>关闭展品</translation>
    </message>
    <message>
        <source>Hide this card; the knobs stay as they are</source>
        <translation>隐藏此卡片；旋钮保持不变</translation>
    </message>
    <message>
        <source>Expected: %1. Running…</source>
        <translation>预期：%1。运行中……</translation>
    </message>
    <message>
        <source>Expected: %1. The run broke off.</source>
        <translation>预期：%1。运行中断了。</translation>
    </message>
    <message>
        <source>Expected: %1. Observed: %2.</source>
        <translation>预期：%1。实际：%2。</translation>
    </message>
    <message>
        <source>Expected: %1. Observed something else: %2.</source>
        <translation>预期：%1。实际却是：%2。</translation>
    </message>
    <message>
        <source>%1 Knobs changed since: the next run is another situation.</source>
        <translation>%1此后参数已改动：再次运行就是另一种情形。</translation>
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
        <source>Every interleaving of duplicate requests, on real engines.</source>
        <translation>重复请求的每一种交错，在真实引擎上。</translation>
    </message>
    <message>
        <source>Running every interleaving, one after the other.</source>
        <translation>正在逐一运行每一种交错。</translation>
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
        <source>process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>exception: %1</source>
        <translation>异常：%1</translation>
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
        <source>The shortest way to the worst verdict appears here as a sequence diagram: who sent what to which engine, and when. Press Explore; then step through it with the arrow keys.</source>
        <translation>到达最坏结论的最短路径会以时序图显示在这里：谁在何时向哪个引擎发送了什么。按“探索”，然后用方向键逐步查看。</translation>
    </message>
    <message>
        <source>Ex&amp;plore</source>
        <translation>探索(&amp;P)</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Run every interleaving of the requests, on real engines</source>
        <translation>在真实引擎上运行这些请求的每一种交错</translation>
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
    <message>
        <source>One q&amp;uestion</source>
        <translation>单个问题(&amp;U)</translation>
    </message>
    <message>
        <source>Explore all</source>
        <translation>探索全部</translation>
    </message>
    <message>
        <source>What to explore</source>
        <translation>探索什么</translation>
    </message>
</context>
<context>
    <name>ExplorePanel</name>
    <message>
        <source>Interleavings</source>
        <translation>交错</translation>
    </message>
    <message>
        <source>Re&amp;quests</source>
        <translation>请求数(&amp;Q)</translation>
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
        <source>Most crashes in an interleaving, each with a retry</source>
        <translation>一种交错中最多的崩溃次数，每次之后都会重试</translation>
    </message>
    <message>
        <source>Li&amp;mit</source>
        <translation>上限(&amp;M)</translation>
    </message>
    <message>
        <source>Most times that a lease ends in an interleaving</source>
        <translation>一种交错中租约最多到期几次</translation>
    </message>
    <message>
        <source>Le&amp;ase expiries</source>
        <translation>租约到期(&amp;A)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Most interleavings that are played; none for all</source>
        <translation>最多执行多少种交错；“无”表示全部</translation>
    </message>
</context>
<context>
    <name>ExportButton</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Save the diagram, the schedule, or all that was found</source>
        <translation>保存图、调度或全部结果</translation>
    </message>
    <message>
        <source>Diagram as &amp;SVG…</source>
        <translation>图存为 SVG…(&amp;S)</translation>
    </message>
    <message>
        <source>Diagram as &amp;PNG…</source>
        <translation>图存为 PNG…(&amp;P)</translation>
    </message>
    <message>
        <source>Diagram as &amp;Mermaid text…</source>
        <translation>图存为 Mermaid 文本…(&amp;M)</translation>
    </message>
    <message>
        <source>S&amp;chedule, to replay…</source>
        <translation>可重放的调度…(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Everything as one HTML page…</source>
        <translation>全部存为一个 HTML 页面…(&amp;E)</translation>
    </message>
    <message>
        <source>%1 could not be written: %2.</source>
        <translation>%1 无法写入：%2。</translation>
    </message>
</context>
<context>
    <name>ExportMenu</name>
    <message>
        <source>Export the comparison</source>
        <translation>导出对比</translation>
    </message>
</context>
<context>
    <name>FactsModel</name>
    <message>
        <source>Submission</source>
        <translation>提交</translation>
    </message>
    <message>
        <source>From, ms</source>
        <translation>起，毫秒</translation>
    </message>
    <message>
        <source>To, ms</source>
        <translation>止，毫秒</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>答复</translation>
    </message>
</context>
<context>
    <name>FaultField</name>
    <message>
        <source>the backend dies after its DEL</source>
        <translation>后端在 DEL 之后终止</translation>
    </message>
    <message>
        <source>the backend dies after its SET</source>
        <translation>后端在 SET 之后终止</translation>
    </message>
    <message>
        <source>the backend dies before its INSERT</source>
        <translation>后端在 INSERT 之前终止</translation>
    </message>
    <message>
        <source>the backend dies after its COMMIT</source>
        <translation>后端在 COMMIT 之后终止</translation>
    </message>
    <message>
        <source>the consumer dies before it acknowledges</source>
        <translation>消费者在确认之前终止</translation>
    </message>
    <message>
        <source>the connections break before COMMIT</source>
        <translation>连接在 COMMIT 之前断开</translation>
    </message>
    <message>
        <source>an exception, and COMMIT is not sent</source>
        <translation>抛出异常，COMMIT 不发送</translation>
    </message>
    <message>
        <source>an exception instead of the response</source>
        <translation>以异常代替响应</translation>
    </message>
    <message>
        <source>INSERT is sent 300 ms later</source>
        <translation>INSERT 晚 300 ms 发送</translation>
    </message>
    <message>
        <source>the response leaves 300 ms later</source>
        <translation>响应晚 300 ms 发出</translation>
    </message>
    <message>
        <source>50 ms on the way there, and back</source>
        <translation>去程和回程各 50 ms</translation>
    </message>
    <message>
        <source>the process stands still for 800 ms</source>
        <translation>进程停顿 800 ms</translation>
    </message>
    <message>
        <source>the database stands still for 500 ms</source>
        <translation>数据库停顿 500 ms</translation>
    </message>
    <message>
        <source>the database is killed after the first answer</source>
        <translation>数据库在第一次答复之后被强制结束</translation>
    </message>
    <message>
        <source>the database restarts after the first answer</source>
        <translation>数据库在第一次答复之后重启</translation>
    </message>
    <message>
        <source>Redis is killed after the first answer</source>
        <translation>Redis 在第一次答复之后被强制结束</translation>
    </message>
    <message>
        <source>Redis restarts after the first answer</source>
        <translation>Redis 在第一次答复之后重启</translation>
    </message>
    <message>
        <source>a replica that lacks the last keys takes over</source>
        <translation>缺少最后几个键的副本接管</translation>
    </message>
    <message>
        <source>the replica is cut off from its primary</source>
        <translation>副本与主服务器之间断开</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Add a fault</source>
        <translation>添加故障</translation>
    </message>
    <message>
        <source>Ready-made faults, one of each kind</source>
        <translation>现成的故障，每种一个</translation>
    </message>
    <message>
        <source>No faults</source>
        <translation>无故障</translation>
    </message>
</context>
<context>
    <name>FileButton</name>
    <message>
        <source>&amp;Service file</source>
        <translation>服务文件(&amp;S)</translation>
    </message>
    <message>
        <source>Service file</source>
        <translation>服务文件</translation>
    </message>
    <message>
        <source>Open the file that describes a service, or an example</source>
        <translation>打开描述服务的文件或示例</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开…(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为…(&amp;A)</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Used last</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open the file of a service</source>
        <translation>打开服务文件</translation>
    </message>
    <message>
        <source>Save the file of a service</source>
        <translation>保存服务文件</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>服务</translation>
    </message>
</context>
<context>
    <name>FilePane</name>
    <message>
        <source>Text of the service&apos;s file</source>
        <translation>服务文件的文本</translation>
    </message>
    <message>
        <source>Open a file, drop one here, choose an example, or paste a request as curl above: the text that describes the service appears here and can be edited.</source>
        <translation>打开文件、把文件拖到这里、选择示例，或在上方粘贴 curl 请求：描述服务的文本显示在这里，可以编辑。</translation>
    </message>
    <message>
        <source>What is wrong with the file</source>
        <translation>文件中的错误</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>数据库</translation>
    </message>
    <message>
        <source>The database that the service is given</source>
        <translation>提供给服务的数据库</translation>
    </message>
    <message>
        <source>Whether the service is given a server for the Redis protocol</source>
        <translation>是否给服务提供 Redis 协议的服务器</translation>
    </message>
    <message>
        <source>&amp;Write the file</source>
        <translation>写出文件(&amp;W)</translation>
    </message>
    <message>
        <source>Write the file</source>
        <translation>写出文件</translation>
    </message>
    <message>
        <source>Make the text of the file from these fields</source>
        <translation>根据这些字段生成文件文本</translation>
    </message>
    <message>
        <source>Request as curl</source>
        <translation>curl 请求</translation>
    </message>
    <message>
        <source>Comman&amp;d</source>
        <translation>命令(&amp;D)</translation>
    </message>
    <message>
        <source>Effects (SQL)</source>
        <translation>生效次数 SQL</translation>
    </message>
    <message>
        <source>A curl command, as a browser or an API tool copies it</source>
        <translation>curl 命令，即浏览器或 API 工具复制出来的形式</translation>
    </message>
    <message>
        <source>Starts the service; empty if it runs already</source>
        <translation>启动服务的命令；服务已在运行则留空</translation>
    </message>
    <message>
        <source>One number: how often the intent {key} took effect</source>
        <translation>一个数字：意图 {key} 生效了几次</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Write the text to its file</source>
        <translation>把文本写入文件</translation>
    </message>
    <message>
        <source>Nothing is wrong with the file.</source>
        <translation>文件没有错误。</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>%1 (changed)</source>
        <translation>%1（已修改）</translation>
    </message>
</context>
<context>
    <name>FileWorker</name>
    <message>
        <source>%1 is too large to be the description of a service.</source>
        <translation>%1 太大，不可能是服务的描述。</translation>
    </message>
    <message>
        <source>The file cannot be read: %1.</source>
        <translation>无法读取文件：%1。</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一个匹配</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一个匹配</translation>
    </message>
    <message>
        <source>Close the search, and show all rows again</source>
        <translation>关闭查找，重新显示所有行</translation>
    </message>
    <message>
        <source>%1 of %2 shown</source>
        <translation>显示 %1 / %2</translation>
    </message>
    <message>
        <source>Find in: %1</source>
        <translation>在其中查找：%1</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
</context>
<context>
    <name>FindingPane</name>
    <message>
        <source>Verdicts of all interleavings</source>
        <translation>所有交错的结论</translation>
    </message>
    <message>
        <source>How many interleavings come to which verdict appears here while they run.</source>
        <translation>运行过程中，这里显示有多少种交错得到哪种结论。</translation>
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
        <source>Effects by then: %1</source>
        <translation>到此为止的生效次数：%1</translation>
    </message>
    <message>
        <source>No counterexample: in every interleaving it takes effect exactly once.</source>
        <translation>没有反例：在每一种交错中它都恰好生效一次。</translation>
    </message>
    <message>
        <source>No counterexample so far; not every interleaving was explored.</source>
        <translation>目前没有反例；并未探索所有交错。</translation>
    </message>
    <message>
        <source>Counterexample: %1, context switches: %2</source>
        <translation>反例：%1，上下文切换：%2</translation>
    </message>
</context>
<context>
    <name>FirstChoices</name>
    <message>
        <source>A double click</source>
        <translation>一次双击</translation>
    </message>
    <message>
        <source>Two clicks on one form, with no protection</source>
        <translation>在同一表单上点击两次，没有任何保护</translation>
    </message>
    <message>
        <source>The same, under a unique index</source>
        <translation>同样的双击，有唯一索引</translation>
    </message>
    <message>
        <source>Two clicks again; one row</source>
        <translation>仍是两次点击，只有一行</translation>
    </message>
    <message>
        <source>A lost order</source>
        <translation>丢失的订单</translation>
    </message>
    <message>
        <source>A token that is used up by a request that dies</source>
        <translation>令牌被一个中途终止的请求用掉</translation>
    </message>
</context>
<context>
    <name>Fold</name>
    <message>
        <source>Knobs that are not where they were at first: %1</source>
        <translation>已改动的选项：%1</translation>
    </message>
    <message>
        <source>Press to fold them.</source>
        <translation>点击可收起。</translation>
    </message>
    <message>
        <source>They are folded; press to see them.</source>
        <translation>已收起，点击可查看。</translation>
    </message>
</context>
<context>
    <name>GatewayField</name>
    <message>
        <source>Gateway</source>
        <translation>网关</translation>
    </message>
    <message>
        <source>Whether calls to the gateway carry an Idempotency-Key, and whether it honours them</source>
        <translation>对网关的调用是否带 Idempotency-Key，以及它是否认可</translation>
    </message>
</context>
<context>
    <name>Guidance</name>
    <message>
        <source>Not measured yet.</source>
        <translation>尚未测量。</translation>
    </message>
    <message>
        <source>Measured: survives %1 of %2 situations</source>
        <translation>测量结果：%2 种情形中经受住了 %1 种</translation>
    </message>
    <message>
        <source>%1 of the throughput without protection</source>
        <translation>吞吐量为无保护时的 %1</translation>
    </message>
    <message>
        <source>throughput: no difference seen</source>
        <translation>吞吐量：看不出差别</translation>
    </message>
    <message>
        <source>This contradicts the advice: %1</source>
        <translation>这与建议相矛盾：%1</translation>
    </message>
    <message>
        <source>Not explored yet.</source>
        <translation>尚未探索。</translation>
    </message>
    <message>
        <source>Explored: %1.</source>
        <translation>探索结果：%1。</translation>
    </message>
</context>
<context>
    <name>GuidanceDialog</name>
    <message>
        <source>Which one for me?</source>
        <translation>我该用哪一个？</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>exploration</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Knob</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Earlier one</source>
        <translation>较早的</translation>
    </message>
    <message>
        <source>Later one</source>
        <translation>较晚的</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Words that an entry has to have, such as a verdict, a strategy or a fault</source>
        <translation>条目必须包含的词，例如结论、策略或故障</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>搜索历史记录</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>What is run, explored, compared and checked appears here, also in the next session.</source>
        <translation>运行、探索、对比和检查过的内容会出现在这里，下次打开窗口时仍在。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Forget the selected entries</source>
        <translation>删除选中的条目</translation>
    </message>
    <message>
        <source>Empty…</source>
        <translation>清空…</translation>
    </message>
    <message>
        <source>Forget all entries</source>
        <translation>删除全部条目</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Open a file that somebody saved</source>
        <translation>打开他人保存的文件</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Set every knob as it was, and do it again</source>
        <translation>恢复全部设置并再做一次</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Write all of it to a file</source>
        <translation>将全部内容写入文件</translation>
    </message>
    <message>
        <source>HTML report…</source>
        <translation>HTML 报告…</translation>
    </message>
    <message>
        <source>Write it as one page that can be mailed</source>
        <translation>写成一个可以邮寄的页面</translation>
    </message>
    <message>
        <source>Copy command line</source>
        <translation>复制命令行</translation>
    </message>
    <message>
        <source>Copy the command that does the same on a terminal</source>
        <translation>复制在终端中执行相同操作的命令</translation>
    </message>
    <message>
        <source>Copy steps</source>
        <translation>复制步骤</translation>
    </message>
    <message>
        <source>Copy the selected submission&apos;s steps as SQL and redis-cli</source>
        <translation>将所选提交的步骤复制为 SQL 和 redis-cli</translation>
    </message>
    <message>
        <source>Choose an entry, or two of them with Ctrl to see them side by side.</source>
        <translation>选择一个条目，或按住 Ctrl 选择两个以并排查看。</translation>
    </message>
    <message>
        <source>The command line was copied.</source>
        <translation>已复制命令行。</translation>
    </message>
    <message numerus="yes">
        <source>%n step(s) copied.</source>
        <translation>
            <numerusform>已复制 %n 个步骤。</numerusform>
        </translation>
    </message>
    <message>
        <source>Empty the history</source>
        <translation>清空历史记录</translation>
    </message>
    <message>
        <source>Forget everything that was kept in this session and earlier ones?</source>
        <translation>删除本次及以前会话保存的全部内容？</translation>
    </message>
    <message>
        <source>Forget all</source>
        <translation>全部删除</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Open a saved entry</source>
        <translation>打开已保存的条目</translation>
    </message>
    <message>
        <source>Save the entry</source>
        <translation>保存条目</translation>
    </message>
</context>
<context>
    <name>IncidentView</name>
    <message>
        <source>Incident</source>
        <translation>事故</translation>
    </message>
    <message>
        <source>No incident has these words.</source>
        <translation>没有事故包含这些词。</translation>
    </message>
    <message>
        <source>Without the cure</source>
        <translation>没有对策</translation>
    </message>
    <message>
        <source>With the cure</source>
        <translation>加上对策</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Explorer</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>尚未运行</translation>
    </message>
    <message>
        <source>effects: %1</source>
        <translation>效果：%1</translation>
    </message>
    <message>
        <source>not explored yet</source>
        <translation>尚未探索</translation>
    </message>
</context>
<context>
    <name>IncidentsDialog</name>
    <message>
        <source>Incidents</source>
        <translation>事故</translation>
    </message>
    <message>
        <source>gap lock, visibility timeout, 40001…</source>
        <translation>间隙锁、可见性超时、40001…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Words of the report, in English or Chinese</source>
        <translation>报告里的词，中文或英文</translation>
    </message>
    <message>
        <source>What went wrong for other people, by public reports</source>
        <translation>别人出过的事故，来自公开报告</translation>
    </message>
    <message>
        <source>&amp;Run both</source>
        <translation>两个都运行(&amp;R)</translation>
    </message>
    <message>
        <source>Run both</source>
        <translation>两个都运行</translation>
    </message>
    <message>
        <source>In the Lab: first without the cure, then with it</source>
        <translation>在实验台：先不加对策，再加上</translation>
    </message>
    <message>
        <source>&amp;Explore both</source>
        <translation>两个都探索(&amp;E)</translation>
    </message>
    <message>
        <source>Explore both</source>
        <translation>两个都探索</translation>
    </message>
    <message>
        <source>Every interleaving, first without the cure, then with</source>
        <translation>每种交错，先不加对策，再加上</translation>
    </message>
    <message>
        <source>%1 of %2 shown</source>
        <translation>显示 %1 / %2</translation>
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
        <source>Number: 1 to 64 printable characters</source>
        <translation>编号：1 到 64 个可打印字符</translation>
    </message>
    <message>
        <source>Item: 1 to 64 printable characters</source>
        <translation>商品：1 到 64 个可打印字符</translation>
    </message>
    <message>
        <source>Submit × %1</source>
        <translation>提交 × %1</translation>
    </message>
    <message>
        <source>Submit the same intent as often as the number says (%1)</source>
        <translation>按所填次数重复提交同一意图（%1）</translation>
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
        <source>Number of submissions</source>
        <translation>提交次数</translation>
    </message>
    <message>
        <source>How often the button beside it submits</source>
        <translation>旁边的按钮提交多少次</translation>
    </message>
    <message>
        <source>Disable while in fli&amp;ght</source>
        <translation>处理中禁用按钮(&amp;G)</translation>
    </message>
    <message>
        <source>The page disables its button from a click until the answer; clicks meanwhile are blocked</source>
        <translation>从点击到得到答复，页面禁用按钮；其间的点击被拦下</translation>
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
        <source>Submit %1 times</source>
        <translation>提交 %1 次</translation>
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
        <source>What the message is about</source>
        <translation>消息的内容</translation>
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
        <translation>实验室未运行。</translation>
    </message>
    <message>
        <source>Something unexpected happened (%1).</source>
        <translation>发生了意外情况（%1）。</translation>
    </message>
</context>
<context>
    <name>LabPage</name>
    <message>
        <source>A run is under way; cancel it, or try again when it is over.</source>
        <translation>有一次运行正在进行；请取消它，或等它结束后再试。</translation>
    </message>
    <message>
        <source>The engines are not running yet; try again when the strip below shows them.</source>
        <translation>引擎尚未运行；等下方状态栏显示它们后再试。</translation>
    </message>
    <message>
        <source>The variant reads from a standby: choose Async or Sync</source>
        <translation>该变体要读备库：请选择“异步”或“同步”</translation>
    </message>
    <message>
        <source>Disabled until the answer arrives</source>
        <translation>得到答复之前禁用</translation>
    </message>
    <message>
        <source>Answered; a new intent enables it again</source>
        <translation>已有答复；新的意图会重新启用</translation>
    </message>
</context>
<context>
    <name>LaneBar</name>
    <message>
        <source>Scroll the lanes</source>
        <translation>滚动泳道</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Colours of the timeline</source>
        <translation>时间线的颜色</translation>
    </message>
    <message>
        <source>waits for a lock</source>
        <translation>等待锁</translation>
    </message>
    <message>
        <source>caller waits</source>
        <translation>调用方等待</translation>
    </message>
    <message>
        <source>response</source>
        <translation>响应</translation>
    </message>
    <message>
        <source>processing</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>fault</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>holds a lease</source>
        <translation>持有租约</translation>
    </message>
    <message>
        <source>lease expires</source>
        <translation>租约到期</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>is sent again</source>
        <translation>再次发送</translation>
    </message>
    <message>
        <source>crash</source>
        <translation>崩溃</translation>
    </message>
    <message>
        <source>connection breaks</source>
        <translation>连接断开</translation>
    </message>
    <message>
        <source>time-out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>blocked by the button</source>
        <translation>被按钮拦下</translation>
    </message>
</context>
<context>
    <name>LineTree</name>
    <message>
        <source>Copy the selected lines</source>
        <translation>复制选中的行</translation>
    </message>
    <message>
        <source>&amp;Copy the selected lines</source>
        <translation>复制选中的行(&amp;C)</translation>
    </message>
    <message>
        <source>Copy &amp;all lines</source>
        <translation>复制所有行(&amp;A)</translation>
    </message>
</context>
<context>
    <name>Listing</name>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in: %1</source>
        <translation>在其中查找：%1</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>&amp;Lab</source>
        <translation>实验室(&amp;L)</translation>
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
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
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
        <source>Close</source>
        <translation>关闭</translation>
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
    <name>Menus</name>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>Exhi&amp;bits</source>
        <translation>展品(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
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
    <name>MessagesDialog</name>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>At</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>OpenFile</name>
    <message>
        <source>Unsaved changes</source>
        <translation>未保存的修改</translation>
    </message>
    <message>
        <source>The text has changes that are in no file. Open another one all the same?</source>
        <translation>文本中有未存入文件的修改。仍要打开另一个文件吗？</translation>
    </message>
    <message>
        <source>Open, and lose them</source>
        <translation>打开并放弃修改</translation>
    </message>
    <message>
        <source>Keep the text</source>
        <translation>保留文本</translation>
    </message>
</context>
<context>
    <name>OutcomesModel</name>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Interleavings</source>
        <translation>交错</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
</context>
<context>
    <name>Overlays</name>
    <message>
        <source>Close the balloon, the message or the card; come back from the stage</source>
        <translation>关闭气泡、消息或卡片；退出演示</translation>
    </message>
</context>
<context>
    <name>PairView</name>
    <message>
        <source>What differed in the settings</source>
        <translation>设置中的差异</translation>
    </message>
    <message>
        <source>Every knob stood at the same place.</source>
        <translation>所有设置都相同。</translation>
    </message>
    <message>
        <source>No verdict</source>
        <translation>无结论</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Type a part of a command</source>
        <translation>输入命令的一部分</translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation>查找命令</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>No command has these words.</source>
        <translation>没有包含这些词的命令。</translation>
    </message>
</context>
<context>
    <name>PersistenceBox</name>
    <message>
        <source>As it was started</source>
        <translation>与启动时相同</translation>
    </message>
    <message>
        <source>Nothing written</source>
        <translation>不写磁盘</translation>
    </message>
    <message>
        <source>Synced each second</source>
        <translation>每秒同步</translation>
    </message>
    <message>
        <source>Synced each write</source>
        <translation>每次写入同步</translation>
    </message>
</context>
<context>
    <name>Prediction</name>
    <message>
        <source>Predicted %1: right.</source>
        <translation>预测“%1”：正确。</translation>
    </message>
    <message>
        <source>Predicted %1, and it came to %2.</source>
        <translation>预测“%1”，实际为“%2”。</translation>
    </message>
    <message>
        <source>Right: %1 of %2</source>
        <translation>正确：%1/%2</translation>
    </message>
</context>
<context>
    <name>ProgressPanel</name>
    <message>
        <source>So far</source>
        <translation>目前</translation>
    </message>
    <message>
        <source>Interleavings</source>
        <translation>交错</translation>
    </message>
    <message>
        <source>Per second</source>
        <translation>每秒次数</translation>
    </message>
</context>
<context>
    <name>Punctuation</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1%2</translation>
    </message>
</context>
<context>
    <name>QTabBar</name>
    <message>
        <source>Scroll Left</source>
        <translation>向左滚动</translation>
    </message>
    <message>
        <source>Scroll Right</source>
        <translation>向右滚动</translation>
    </message>
</context>
<context>
    <name>QuestionPanel</name>
    <message>
        <source>What to explore</source>
        <translation>探索什么</translation>
    </message>
    <message>
        <source>What to compare</source>
        <translation>对比什么</translation>
    </message>
    <message>
        <source>&amp;Operation</source>
        <translation>操作(&amp;O)</translation>
    </message>
    <message>
        <source>The business operation of the intents</source>
        <translation>意图的业务操作</translation>
    </message>
    <message>
        <source>&amp;Database</source>
        <translation>数据库(&amp;D)</translation>
    </message>
    <message>
        <source>Where the effects are stored</source>
        <translation>效果存放在哪里</translation>
    </message>
    <message>
        <source>&amp;Strategies</source>
        <translation>策略(&amp;S)</translation>
    </message>
    <message>
        <source>All strategies, or the variants of one</source>
        <translation>所有策略，或某一个的各变体</translation>
    </message>
    <message>
        <source>Situations</source>
        <translation>情形</translation>
    </message>
    <message>
        <source>Compare in this situation</source>
        <translation>在此情形下对比</translation>
    </message>
    <message>
        <source>No standby</source>
        <translation>没有备库</translation>
    </message>
    <message>
        <source>Asynchronous</source>
        <translation>异步</translation>
    </message>
    <message>
        <source>Synchronous</source>
        <translation>同步</translation>
    </message>
    <message>
        <source>Replic&amp;ation</source>
        <translation>复制(&amp;A)</translation>
    </message>
    <message>
        <source>The standby of PostgreSQL that takes over in a failover</source>
        <translation>故障转移时接管的 PostgreSQL 备库</translation>
    </message>
    <message>
        <source>How thoroughly</source>
        <translation>细致程度</translation>
    </message>
    <message>
        <source>Measure the cost</source>
        <translation>测量代价</translation>
    </message>
    <message>
        <source>Throughput and latency, in turns with no protection at all</source>
        <translation>吞吐量和延迟，与完全无保护轮流测</translation>
    </message>
    <message>
        <source>Quick look</source>
        <translation>快速查看</translation>
    </message>
    <message>
        <source>Fewer intents and fewer rounds: each situation is proved all the same, the costs are rougher</source>
        <translation>意图和轮次更少：每种情形同样要有判据，代价较粗略</translation>
    </message>
    <message>
        <source>All applicable</source>
        <translation>所有适用的</translation>
    </message>
    <message>
        <source>The business operation of the intent</source>
        <translation>该意图的业务操作</translation>
    </message>
    <message>
        <source>How the backend makes the operation idempotent</source>
        <translation>后端用什么办法保证操作幂等</translation>
    </message>
    <message>
        <source>V&amp;ariant</source>
        <translation>变体(&amp;A)</translation>
    </message>
    <message>
        <source>One way to write the strategy, safe or broken</source>
        <translation>该策略的一种变体，安全的或有缺陷的</translation>
    </message>
    <message>
        <source>Most crashes in an interleaving, each with a retry</source>
        <translation>一种交错中最多的崩溃次数，每次之后都会重试</translation>
    </message>
    <message>
        <source>Lease exp&amp;iries</source>
        <translation>租约到期(&amp;I)</translation>
    </message>
    <message>
        <source>Most times that a lease or a session ends in an interleaving</source>
        <translation>一种交错中租约或会话最多结束几次</translation>
    </message>
    <message>
        <source>Redi&amp;s failovers</source>
        <translation>Redis 故障转移(&amp;S)</translation>
    </message>
    <message>
        <source>Excep&amp;tions</source>
        <translation>异常(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Database failovers</source>
        <translation>数据库故障转移(&amp;D)</translation>
    </message>
    <message>
        <source>Most times that the standby of PostgreSQL is promoted, and every connection breaks</source>
        <translation>最多提升 PostgreSQL 备库的次数，所有连接都会断开</translation>
    </message>
    <message>
        <source>may lack commits</source>
        <translation>可能缺少最后的提交</translation>
    </message>
    <message>
        <source>has every commit</source>
        <translation>拥有全部提交</translation>
    </message>
    <message>
        <source>Standb&amp;y</source>
        <translation>备库(&amp;Y)</translation>
    </message>
    <message>
        <source>Asynchronous or synchronous replication: what the standby has when it is promoted</source>
        <translation>异步或同步复制：备库被提升时拥有什么</translation>
    </message>
    <message>
        <source>What may happen</source>
        <translation>可能发生什么</translation>
    </message>
    <message>
        <source>Strate&amp;gy</source>
        <translation>策略(&amp;G)</translation>
    </message>
    <message>
        <source>Re&amp;quests</source>
        <translation>请求数(&amp;Q)</translation>
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
        <source>Most times that a replica of Redis is promoted which lacks the last writes</source>
        <translation>一种交错中，缺少最后写入的 Redis 副本最多被提升几次</translation>
    </message>
    <message>
        <source>Most times that a handler gets an exception instead of a step, and its caller sends again</source>
        <translation>处理器在某一步得到异常、其调用方再次发送的最多次数</translation>
    </message>
</context>
<context>
    <name>RankingView</name>
    <message>
        <source>Ranking</source>
        <translation>排名</translation>
    </message>
    <message>
        <source>Not for this</source>
        <translation>不适合这里</translation>
    </message>
    <message>
        <source>Try in the Lab</source>
        <translation>在实验室里试</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>证明</translation>
    </message>
</context>
<context>
    <name>RecordModel</name>
    <message>
        <source>hidden ones that stand out: %1</source>
        <translation>隐藏的异常行：%1</translation>
    </message>
</context>
<context>
    <name>RecordTable</name>
    <message>
        <source>No row has this text. Esc shows all.</source>
        <translation>没有包含此文字的行。按 Esc 显示全部。</translation>
    </message>
</context>
<context>
    <name>ReplicationField</name>
    <message>
        <source>Whether the database has a hot standby, and whether a commit waits for it</source>
        <translation>数据库是否有热备库，提交是否等待它</translation>
    </message>
    <message>
        <source>Single</source>
        <translation>单台</translation>
    </message>
    <message>
        <source>Async</source>
        <translation>异步</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>同步</translation>
    </message>
    <message>
        <source>Replication</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>How much later than it could the standby applies each commit</source>
        <translation>备库比它能做到的晚多久才应用每次提交</translation>
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
        <source>blocked by the button</source>
        <translation>被按钮拦下</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>ReportButton</name>
    <message>
        <source>Save report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Write the check as HTML, Markdown, JSON or JUnit XML</source>
        <translation>把检查结果写成 HTML、Markdown、JSON 或 JUnit XML</translation>
    </message>
    <message>
        <source>Save the report of the check</source>
        <translation>保存检查报告</translation>
    </message>
    <message>
        <source>Written to %1.</source>
        <translation>已写入 %1。</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>Rows in the database</source>
        <translation>数据库中的行</translation>
    </message>
    <message>
        <source>Rows appear here as the database has them. Press Submit to make some.</source>
        <translation>数据库里有了行就会显示在这里。按“提交”产生一些。</translation>
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
        <source>Rows, the latest</source>
        <translation>数据行（最新）</translation>
    </message>
    <message>
        <source>Rows, the first %1 of %2</source>
        <translation>行（前 %1 / 共 %2）</translation>
    </message>
    <message>
        <source>Answers, the first %1 of %2</source>
        <translation>答复（前 %1 / 共 %2）</translation>
    </message>
    <message>
        <source>Answers, the latest</source>
        <translation>答复（最新）</translation>
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
        <source>no response</source>
        <translation>无响应</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>its steps are not kept any more</source>
        <translation>其步骤已不再保留</translation>
    </message>
    <message>
        <source>no steps were seen</source>
        <translation>未见任何步骤</translation>
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
    <message>
        <source>Sources</source>
        <translation>出处</translation>
    </message>
</context>
<context>
    <name>RetryCauses</name>
    <message>
        <source>Any failure</source>
        <translation>任何失败</translation>
    </message>
    <message>
        <source>Time-outs only</source>
        <translation>仅超时</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>没有答复</translation>
    </message>
    <message>
        <source>Anything but 2xx</source>
        <translation>非 2xx 都重试</translation>
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
        <translation>效果</translation>
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
        <source>Of an earlier run</source>
        <translation>属于先前的运行</translation>
    </message>
    <message numerus="yes">
        <source>%n duplicate(s) hidden</source>
        <translation>
            <numerusform>隐藏了 %n 个重复</numerusform>
        </translation>
    </message>
    <message>
        <source>first</source>
        <translation>首次</translation>
    </message>
    <message>
        <source>earlier, %1</source>
        <translation>先前，%1</translation>
    </message>
    <message>
        <source>duplicate, %1</source>
        <translation>重复，%1</translation>
    </message>
</context>
<context>
    <name>RunProgress</name>
    <message>
        <source>The lab changes its set-up</source>
        <translation>实验室正在更改配置</translation>
    </message>
    <message>
        <source>%1 of %2 submissions settled</source>
        <translation>%2 次提交中已有 %1 次完成</translation>
    </message>
    <message>
        <source>Nothing is under way</source>
        <translation>没有正在进行的运行</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message>
        <source>It left no row.</source>
        <translation>没有留下任何行。</translation>
    </message>
</context>
<context>
    <name>SavedGrids</name>
    <message>
        <source>&amp;Save…</source>
        <translation>保存…(&amp;S)</translation>
    </message>
    <message>
        <source>Save the grid</source>
        <translation>保存表格</translation>
    </message>
    <message>
        <source>Write the grid to a file, to compare with it later</source>
        <translation>把表写入文件，以便日后比较</translation>
    </message>
    <message>
        <source>Co&amp;mpare with…</source>
        <translation>与…比较(&amp;M)</translation>
    </message>
    <message>
        <source>Compare with an earlier grid</source>
        <translation>与先前的表格比较</translation>
    </message>
    <message>
        <source>Mark what changed since a saved grid</source>
        <translation>标出自保存以来的变化</translation>
    </message>
    <message>
        <source>Saved grids</source>
        <translation>保存的表格</translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>已保存为 %1。</translation>
    </message>
    <message>
        <source>Nothing changed since %1.</source>
        <translation>自 %1 以来没有变化。</translation>
    </message>
    <message>
        <source>Changes since %1: %2, marked with %3.</source>
        <translation>自 %1 以来的变化：%2，以 %3 标出。</translation>
    </message>
</context>
<context>
    <name>ScopeFields</name>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Re&amp;quests</source>
        <translation>请求数(&amp;Q)</translation>
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
        <source>Most crashes in an interleaving, each with a retry</source>
        <translation>一种交错中最多的崩溃次数，每次之后都会重试</translation>
    </message>
    <message>
        <source>Lease exp&amp;iries</source>
        <translation>租约到期(&amp;I)</translation>
    </message>
    <message>
        <source>Most times that a lease or a session ends in an interleaving</source>
        <translation>一种交错中租约或会话最多结束几次</translation>
    </message>
    <message>
        <source>Limi&amp;t</source>
        <translation>上限(&amp;T)</translation>
    </message>
    <message>
        <source>Most interleavings of a question, before it is given up</source>
        <translation>一个问题最多运行多少种交错，超过即放弃</translation>
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
        <source>%n undecided, still at work</source>
        <translation>
            <numerusform>%n 个未定，仍在工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, not all was heard or read back</source>
        <translation>
            <numerusform>%n 个未决，未能全部得知或读回</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, and nobody was told that it is done</source>
        <translation>
            <numerusform>%n 个未决，没有人被告知已完成</numerusform>
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
    <message>
        <source>Still at work: %1 in %2 for %3 s</source>
        <translation>仍在工作：%1，在%2，已 %3 秒</translation>
    </message>
    <message>
        <source>Still waiting to be taken up: %1 by %2 for %3 s</source>
        <translation>仍在等待处理：%1，等待%2，已 %3 秒</translation>
    </message>
    <message>
        <source>, at %1</source>
        <translation>，正执行 %1</translation>
    </message>
    <message numerus="yes">
        <source>, and %n more</source>
        <translation>
            <numerusform>，另有 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SequenceView</name>
    <message>
        <source>Sequence diagram of the counterexample; the arrow keys step through it</source>
        <translation>反例的时序图，用方向键逐步查看</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>下一个事件</translation>
    </message>
    <message>
        <source>Previous event</source>
        <translation>上一个事件</translation>
    </message>
    <message>
        <source>First event</source>
        <translation>第一个事件</translation>
    </message>
    <message>
        <source>Last event</source>
        <translation>最后一个事件</translation>
    </message>
</context>
<context>
    <name>ServiceBanner</name>
    <message>
        <source>Nothing checked yet</source>
        <translation>尚未检查</translation>
    </message>
    <message>
        <source>Your own service, in any language, unchanged.</source>
        <translation>您自己的服务，任何语言，无需改动。</translation>
    </message>
    <message>
        <source>Open a file that describes it or an example, and press Check.</source>
        <translation>打开描述服务的文件或示例，然后按“检查”。</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Every intent is submitted more than once, in each situation.</source>
        <translation>在每种情形下，每个意图都提交不止一次。</translation>
    </message>
    <message>
        <source>Cancelled; what was measured is kept.</source>
        <translation>已取消；已测的保留。</translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>未检查</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>What the service wrote is below, under Output.</source>
        <translation>服务写出的内容见下方“输出”。</translation>
    </message>
    <message>
        <source>Did not work</source>
        <translation>未能进行</translation>
    </message>
</context>
<context>
    <name>ServicePage</name>
    <message>
        <source>The shortest way to the worst verdict appears here as a sequence diagram: every statement that the service sent, and when. Press Explore; then step through it with the arrow keys.</source>
        <translation>通向最差结论的最短路径以时序图显示在这里：服务发送的每条语句及其先后。按“探索”，然后用方向键逐步查看。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Chec&amp;k</source>
        <translation>检查(&amp;K)</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Submit every intent twice, in each chosen situation</source>
        <translation>在每种所选情形下，把每个意图提交两次</translation>
    </message>
    <message>
        <source>Ex&amp;plore</source>
        <translation>探索(&amp;P)</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Run every order of the steps that the service sends to its engines</source>
        <translation>运行服务发给各引擎的步骤的所有顺序</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>取消(&amp;N)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop, and keep what was measured so far</source>
        <translation>停止，保留已测的结果</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>File, check or exploration</source>
        <translation>文件、检查或探索</translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>已保存为 %1。</translation>
    </message>
    <message>
        <source>Starting the service and its engines…</source>
        <translation>正在启动服务及其引擎…</translation>
    </message>
    <message>
        <source>Interleavings: %1, per second: %2</source>
        <translation>交错：%1，每秒 %2</translation>
    </message>
    <message>
        <source>%1 of %2 intents. Now: %3</source>
        <translation>意图：%1/%2。当前：%3</translation>
    </message>
    <message>
        <source>Intents: %1, in %2 s</source>
        <translation>意图：%1，用时 %2 秒</translation>
    </message>
    <message>
        <source>Interleavings: %1, in %2 s</source>
        <translation>交错：%1，用时 %2 秒</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>任意页面</translation>
    </message>
</context>
<context>
    <name>SituationsModel</name>
    <message>
        <source>Situation</source>
        <translation>情形</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Effects</source>
        <translation>效果</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>答复</translation>
    </message>
    <message>
        <source>Reached</source>
        <translation>达到</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>未尝试</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>未达到</translation>
    </message>
</context>
<context>
    <name>SourcePanel</name>
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
        <source>How duplicates arrive</source>
        <translation>重复如何到来</translation>
    </message>
    <message>
        <source>Mishaps and habits</source>
        <translation>故障与习惯</translation>
    </message>
    <message>
        <source>Milliseconds between two submissions</source>
        <translation>两次提交之间的毫秒数</translation>
    </message>
    <message>
        <source>Pace</source>
        <translation>节奏</translation>
    </message>
    <message>
        <source>How several submissions leave</source>
        <translation>多次提交如何发出</translation>
    </message>
    <message>
        <source>Back-off</source>
        <translation>退避</translation>
    </message>
    <message>
        <source>Wait before the first retry; it doubles with each further one</source>
        <translation>第一次重试前的等待；之后每次加倍</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Visibility</source>
        <translation>可见性超时</translation>
    </message>
    <message>
        <source>Visibility time-out of the queue: a message that is not acknowledged so long after its delivery is delivered again, also while its consumer is still at work</source>
        <translation>队列的可见性超时：消息投递后这么久仍未确认，就会再次投递，即使其消费者仍在处理</translation>
    </message>
    <message>
        <source>Known ids</source>
        <translation>已知标识</translation>
    </message>
    <message>
        <source>Deduplication window of NATS JetStream: for so long the server knows the id of a message, which is the intent&apos;s key, and drops another one with it; 0 sends no ids</source>
        <translation>NATS JetStream 的去重窗口：在这段时间内，服务器记得消息的标识（即意图的键），并丢弃带有相同标识的另一条消息；0 表示不发送标识</translation>
    </message>
    <message>
        <source>Prefetch</source>
        <translation>预取</translation>
    </message>
    <message>
        <source>So many messages of RabbitMQ a consumer may have that it has not acknowledged: all of them are delivered again when it dies</source>
        <translation>消费者最多可持有多少条尚未确认的 RabbitMQ 消息：它一旦死亡，这些消息会全部重新投递</translation>
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
        <source>Wor&amp;k, lease</source>
        <translation>处理、租期(&amp;K)</translation>
    </message>
    <message>
        <source>Faults</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>What is done to the run on purpose, as on the command line: kind@place:command=ms</source>
        <translation>故意对这次运行做什么，与命令行写法相同：kind@place:command=ms</translation>
    </message>
    <message>
        <source>Drop the first response</source>
        <translation>丢弃第一个响应</translation>
    </message>
    <message>
        <source>Raise the quantity each time</source>
        <translation>每次增加数量</translation>
    </message>
    <message>
        <source>The work is done, and the caller&apos;s connection is closed instead of an answer</source>
        <translation>工作已完成，但关闭调用方的连接而不答复</translation>
    </message>
    <message>
        <source>How often a caller sends again</source>
        <translation>调用方重试多少次</translation>
    </message>
    <message>
        <source>Retry on</source>
        <translation>重试条件</translation>
    </message>
    <message>
        <source>After what a caller sends again: a time-out, a lost connection, 5xx and busy; or whatever is not 2xx, as providers of webhooks do</source>
        <translation>调用方在什么情况下重试：超时、连接断开、5xx 和忙；或像 Webhook 提供方那样，只要不是 2xx 就重试</translation>
    </message>
    <message>
        <source>Reload the page each time</source>
        <translation>每次都刷新页面</translation>
    </message>
    <message>
        <source>Each submission comes from a form opened anew, with a new token and the version as it is then</source>
        <translation>每次提交都来自重新打开的表单，带新令牌和当时的版本</translation>
    </message>
    <message>
        <source>The user changes the quantity between two submissions of the same form: one more each time</source>
        <translation>用户在同一表单的两次提交之间改数量：每次多一个</translation>
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
    <name>Speech</name>
    <message>
        <source>en</source>
        <translation>zh_CN</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Go on stage first (F11).</source>
        <translation>请先进入演示模式（F11）。</translation>
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
        <translation>答复</translation>
    </message>
</context>
<context>
    <name>Survey</name>
    <message>
        <source>Place an order</source>
        <translation>下单</translation>
    </message>
    <message>
        <source>Pay an order</source>
        <translation>支付订单</translation>
    </message>
    <message>
        <source>Add stock</source>
        <translation>增加库存</translation>
    </message>
    <message>
        <source>Cancel an order</source>
        <translation>取消订单</translation>
    </message>
    <message>
        <source>Send a message</source>
        <translation>发送消息</translation>
    </message>
    <message>
        <source>Declared safe under concurrency, and no mishap was allowed: a contradiction.</source>
        <translation>声明为并发安全，而且不允许任何意外：这是一个矛盾。</translation>
    </message>
    <message>
        <source>Declared safe under concurrency. What is known to break it: %1</source>
        <translation>声明为并发安全。已知会破坏它的是：%1</translation>
    </message>
    <message>
        <source>Declared safe, and yet they do harm: %1, marked with %2.</source>
        <translation>声明为安全却造成损害的有 %1 个，以 %2 标出。</translation>
    </message>
    <message>
        <source>Question %1 of %2: %3. %4 interleavings so far, %5 in all</source>
        <translation>第 %1 个问题，共 %2 个：%3。目前 %4 种交错，总计 %5 种</translation>
    </message>
    <message>
        <source>The variant is broken, but not by this. What breaks it: %1</source>
        <translation>该变体有缺陷，但不是因为这个。会打破它的是：%1</translation>
    </message>
    <message>
        <source>about %1 s left</source>
        <translation>大约还需 %1 秒</translation>
    </message>
</context>
<context>
    <name>SurveyModel</name>
    <message>
        <source>Nothing was asked yet.</source>
        <translation>还没有问过。</translation>
    </message>
</context>
<context>
    <name>SurveyPane</name>
    <message>
        <source>Explore all</source>
        <translation>探索全部</translation>
    </message>
    <message>
        <source>Explore every variant with every operation that it guards</source>
        <translation>探索每个变体与它适用的每个操作</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>取消(&amp;N)</translation>
    </message>
    <message>
        <source>Progress of exploring all</source>
        <translation>探索全部的进度</translation>
    </message>
    <message>
        <source>Stop, and keep what was found so far</source>
        <translation>停止，并保留目前的发现</translation>
    </message>
    <message>
        <source>Ex&amp;plore all</source>
        <translation>探索全部(&amp;P)</translation>
    </message>
    <message>
        <source>Cancel exploring all</source>
        <translation>取消探索全部</translation>
    </message>
    <message>
        <source>Nothing explored yet. With two requests it takes some minutes, most of them for ZooKeeper.</source>
        <translation>尚未探索。两个请求需要几分钟，大部分花在 ZooKeeper 上。</translation>
    </message>
    <message>
        <source>On grey: not finished, or declared broken and not refuted by this. 6/48: six of 48 interleavings came to it; 48+: there are more.</source>
        <translation>灰底：尚未完成，或已声明有缺陷而这里未能反驳。6/48：48 种交错中有 6 种得到该结论；48+：还有更多。</translation>
    </message>
    <message>
        <source>Exploring everything, one question after the other.</source>
        <translation>正在逐个问题地探索全部。</translation>
    </message>
    <message>
        <source>Starting the engines…</source>
        <translation>正在启动引擎…</translation>
    </message>
</context>
<context>
    <name>SurveyTable</name>
    <message>
        <source>Every variant and every operation</source>
        <translation>每个变体与每个操作</translation>
    </message>
    <message>
        <source>Look closely at the question</source>
        <translation>仔细查看该问题</translation>
    </message>
    <message>
        <source>&amp;Look closely at the question</source>
        <translation>仔细查看该问题(&amp;L)</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline as a list</source>
        <translation>时间线列表</translation>
    </message>
    <message>
        <source>One line for each step, wait and mishap of each submission.</source>
        <translation>每次提交的每个步骤、等待和意外各一行。</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>Fit the timeline</source>
        <translation>时间线适合窗口</translation>
    </message>
    <message>
        <source>Show all of the newest submissions (F); everything since the last reset with Shift+F. The wheel zooms, dragging moves.</source>
        <translation>显示最近的全部提交（F）；Shift+F 显示上次重置以来的全部。滚轮缩放，拖动平移。</translation>
    </message>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Show the same facts as a table</source>
        <translation>以表格显示同样的事实</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export the timeline</source>
        <translation>导出时间线</translation>
    </message>
    <message>
        <source>Save what is in sight as SVG or PNG</source>
        <translation>把可见部分存为 SVG 或 PNG</translation>
    </message>
    <message>
        <source>As SVG…</source>
        <translation>存为 SVG…</translation>
    </message>
    <message>
        <source>As PNG…</source>
        <translation>存为 PNG…</translation>
    </message>
    <message>
        <source>The timeline could not be written to %1.</source>
        <translation>时间线无法写入 %1。</translation>
    </message>
    <message>
        <source>Submit Twice: timeline</source>
        <translation>Submit Twice：时间线</translation>
    </message>
    <message>
        <source>waits for a lock, behind %1</source>
        <translation>等待锁，排在 %1 之后</translation>
    </message>
    <message>
        <source>somebody else</source>
        <translation>别人</translation>
    </message>
    <message>
        <source>lease of %1 ms on %2</source>
        <translation>%1 毫秒的租约，在 %2 上</translation>
    </message>
    <message>
        <source>lease on %1 expires unless it was prolonged</source>
        <translation>%1 上的租约到期，除非被延长</translation>
    </message>
    <message>
        <source>released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>deleted by %1</source>
        <translation>被 %1 删除</translation>
    </message>
    <message>
        <source>click blocked: the button was disabled</source>
        <translation>点击被拦下：按钮已禁用</translation>
    </message>
    <message>
        <source>blocked by the button</source>
        <translation>被按钮拦下</translation>
    </message>
    <message>
        <source>caller waits for the answer</source>
        <translation>调用方等待答复</translation>
    </message>
    <message>
        <source>caller tries %1 again and waits for the answer</source>
        <translation>调用方再次尝试 %1 并等待答复</translation>
    </message>
    <message>
        <source>, no response</source>
        <translation>，无响应</translation>
    </message>
    <message>
        <source>time-out: the caller gives up waiting</source>
        <translation>超时：调用方不再等待</translation>
    </message>
    <message>
        <source>the connection breaks before the answer arrives</source>
        <translation>答复到达之前连接断开</translation>
    </message>
    <message>
        <source>cut off: the backend never got as far as replying</source>
        <translation>中断：后端没能回复</translation>
    </message>
    <message>
        <source>from %1 to %2 ms, took %3 ms</source>
        <translation>从 %1 到 %2 毫秒，用时 %3 毫秒</translation>
    </message>
    <message>
        <source>at %1 ms</source>
        <translation>在 %1 毫秒</translation>
    </message>
    <message>
        <source>SQLite waits for its file lock inside the call.</source>
        <translation>SQLite 在调用内部等待文件锁。</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
</context>
<context>
    <name>TimelineKeys</name>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Move by a page</source>
        <translation>移动一页</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit the newest submissions</source>
        <translation>适应最新的提交</translation>
    </message>
    <message>
        <source>Fit everything</source>
        <translation>适应全部</translation>
    </message>
    <message>
        <source>Go to the beginning</source>
        <translation>到开头</translation>
    </message>
    <message>
        <source>Go to the end</source>
        <translation>到结尾</translation>
    </message>
    <message>
        <source>Choose the lane above or below</source>
        <translation>选择上一条或下一条泳道</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message numerus="yes">
        <source>%n submission(s)</source>
        <translation>
            <numerusform>%n 个提交</numerusform>
        </translation>
    </message>
    <message>
        <source>Each submission gets a lane here: its steps, where it waits, and what its caller sees.</source>
        <translation>每次提交在这里有一条泳道：它的步骤、在哪里等待、调用方看到什么。</translation>
    </message>
</context>
<context>
    <name>TopologyBox</name>
    <message>
        <source>As it was started</source>
        <translation>与启动时相同</translation>
    </message>
    <message>
        <source>One server</source>
        <translation>单台</translation>
    </message>
    <message>
        <source>Replica, sentinels</source>
        <translation>副本与哨兵</translation>
    </message>
    <message>
        <source>Three independent</source>
        <translation>三台独立</translation>
    </message>
    <message>
        <source>Five independent</source>
        <translation>五台独立</translation>
    </message>
    <message>
        <source>%1 was not started here, so how its servers are set up is not ours to choose</source>
        <translation>%1 不是在这里启动的，它的服务器如何部署不由本程序选择</translation>
    </message>
    <message>
        <source>Which servers hold tokens, locks and messages, and whether another one takes over</source>
        <translation>哪些服务器保存令牌、锁和消息，以及是否有别的服务器接替</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Submit sends one request to a real backend. Press it twice: the order number stays.</source>
        <translation>提交会向真实的后端发送一个请求。请按两次：订单号不变。</translation>
    </message>
    <message>
        <source>Here you choose what protects the backend; at first, nothing does.</source>
        <translation>在这里选择由什么保护后端；一开始没有任何保护。</translation>
    </message>
    <message>
        <source>How the same request arrives twice: clicks, a retry, or a queue.</source>
        <translation>同一请求如何到达两次：点击、重试或队列。</translation>
    </message>
    <message>
        <source>The verdict, judged from the rows that were read back, never from a promise.</source>
        <translation>结论：依据从数据库读回的行，而不是任何承诺。</translation>
    </message>
    <message>
        <source>Every step of every submission. Click one: its command and answer appear.</source>
        <translation>每次提交的每个步骤。点击其中一个，即可看到命令与答复。</translation>
    </message>
</context>
<context>
    <name>VerdictBanner</name>
    <message>
        <source>Nothing submitted yet</source>
        <translation>尚未提交</translation>
    </message>
    <message>
        <source>Submit once. Then submit twice.</source>
        <translation>先提交一次，再提交一次。</translation>
    </message>
    <message>
        <source>Running, provisional</source>
        <translation>运行中，暂定</translation>
    </message>
    <message>
        <source>%1, provisional</source>
        <translation>%1（暂定）</translation>
    </message>
</context>
<context>
    <name>WireModel</name>
    <message>
        <source>At, ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>#</source>
        <translation>#</translation>
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
        <source>Cancel an order (DELETE)</source>
        <translation>取消订单（DELETE）</translation>
    </message>
    <message>
        <source>Send a message (call)</source>
        <translation>发送消息（调用）</translation>
    </message>
    <message>
        <source>consumer %1</source>
        <translation>消费者 %1</translation>
    </message>
    <message>
        <source>instance %1</source>
        <translation>实例 %1</translation>
    </message>
    <message>
        <source>%1 (broken)</source>
        <translation>%1（有缺陷）</translation>
    </message>
    <message>
        <source>No key sent</source>
        <translation>不发送键</translation>
    </message>
    <message>
        <source>Key sent, ignored</source>
        <translation>发送键，被忽略</translation>
    </message>
    <message>
        <source>Key sent, honoured</source>
        <translation>发送键，被认可</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
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
        <source>Repeated clicks</source>
        <translation>重复点击</translation>
    </message>
    <message>
        <source>Redelivery by NATS JetStream</source>
        <translation>NATS JetStream 重新投递</translation>
    </message>
    <message>
        <source>Redelivery by RabbitMQ</source>
        <translation>RabbitMQ 重新投递</translation>
    </message>
    <message>
        <source>At intervals</source>
        <translation>按间隔</translation>
    </message>
    <message>
        <source>Retry after a time-out</source>
        <translation>超时后重试</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Redelivery by a queue</source>
        <translation>队列重新投递</translation>
    </message>
    <message>
        <source>All at once</source>
        <translation>同时发出</translation>
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
